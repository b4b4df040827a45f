#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/attachment/attachment_part.h"
#include "common/attachment/attachment_plan.h"

namespace trellis {
namespace {

using ::testing::HasSubstr;

std::string AsBytes(const Sha256& hash) { return {reinterpret_cast<const char*>(hash.data()), hash.size()}; }

FileOffer OfferOf(const std::string& file) {
  FileOffer offer;
  offer.file_name = "photo.jpg";
  offer.media_type = "image/jpeg";
  offer.size_bytes = static_cast<int64_t>(file.size());
  offer.sha256 = AsBytes(Sha256Of(file));
  for (size_t at = 0; at < file.size(); at += kPartBytes) {
    offer.part_sha256 += AsBytes(Sha256Of(std::string_view(file).substr(at, kPartBytes)));
  }
  return offer;
}

std::string PartMessage(const std::string& data, uint32_t generation) {
  domain::v1::AttachmentPart part;
  part.set_data(data);
  part.set_generation(generation);
  return part.SerializeAsString();
}

TEST(Parts, OfAFileAreWholeButTheLast) {
  EXPECT_EQ(PartCount(0), 0u);
  EXPECT_EQ(PartCount(1), 1u);
  EXPECT_EQ(PartCount(32'000), 1u);
  EXPECT_EQ(PartCount(32'001), 2u);
  EXPECT_EQ(BytesOfPart(32'001, 0), 32'000u);
  EXPECT_EQ(BytesOfPart(32'001, 1), 1u);
  EXPECT_EQ(PartCount(kLargestFileBytes), 1563u);
}

TEST(Parts, IdFollowsFromBytesAndGeneration) {
  const RecordId id = PartId(0, Sha256Of("abc"));
  EXPECT_EQ(id.ToString(), PartId(0, Sha256Of("abc")).ToString());
  EXPECT_NE(id, PartId(1, Sha256Of("abc")));
  EXPECT_NE(id, PartId(0, Sha256Of("abd")));
  // Of the standard: FIPS 180-2, "abc".
  EXPECT_EQ(ToHex(Sha256Of("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Parts, SumOfPiecesIsThatOfTheWhole) {
  Sha256Sum sum;
  sum.Add("a");
  sum.Add("bc");
  EXPECT_EQ(ToHex(sum.Finish()), ToHex(Sha256Of("abc")));
}

TEST(Parts, ThatAreNotWhatTheirIdSaysAreRefused) {
  const RecordId id = PartId(3, Sha256Of("abc"));
  EXPECT_TRUE(CheckPart(id, PartMessage("abc", 3)).ok());
  EXPECT_FALSE(CheckPart(id, PartMessage("abd", 3)).ok());
  EXPECT_FALSE(CheckPart(id, PartMessage("abc", 0)).ok());
  EXPECT_FALSE(CheckPart(id, "\xff\xff").ok());
  const std::string large(kPartBytes + 1, 'x');
  EXPECT_THAT(std::string(CheckPart(PartId(0, Sha256Of(large)), PartMessage(large, 0)).message()),
              HasSubstr("it may have 32000"));
}

TEST(Parts, EveryValueOnItsWayInIsLookedAt) {
  const RecordId id = PartId(0, Sha256Of("abc"));
  Cell data{{domain::v1::AttachmentPart::kDataFieldNumber, ""}, {}};
  data.siblings.push_back({{}, {}, {}, "", PartMessage("abc", 0)});
  EXPECT_TRUE(CheckPartCells(id, {data}).ok());
  data.siblings.push_back({{}, {}, {}, "", PartMessage("abd", 0)});
  EXPECT_FALSE(CheckPartCells(id, {data}).ok());
  // Erased: nothing is left to look at.
  EXPECT_TRUE(CheckPartCells(id, {}).ok());
}

TEST(Offer, OfAPhotoIsTaken) {
  const std::string file(70'000, 'p');
  const FileOffer offer = OfferOf(file);
  EXPECT_TRUE(FindViolations(offer).empty());
  const domain::v1::Attachment attachment = AttachmentOf(offer, 2);
  EXPECT_EQ(attachment.size_bytes(), 70'000u);
  const std::vector<RecordId> parts = PartIdsOf(attachment);
  ASSERT_EQ(parts.size(), 3u);
  EXPECT_EQ(parts[0], parts[1]);  // equal stretches
  EXPECT_EQ(parts[2], PartId(2, Sha256Of(std::string(6'000, 'p'))));
}

std::string ProblemOf(const FileOffer& offer) {
  const auto found = FindViolations(offer);
  return found.empty() ? "" : found.front().field + " " + found.front().problem;
}

TEST(Offer, OfAnImpossibleSizeIsRefusedInWords) {
  FileOffer offer = OfferOf("abc");
  offer.size_bytes = 0;
  EXPECT_THAT(ProblemOf(offer), HasSubstr("an empty file is no evidence"));
  offer.size_bytes = -1;
  EXPECT_THAT(ProblemOf(offer), HasSubstr("negative"));
  offer.size_bytes = INT64_MIN;
  EXPECT_THAT(ProblemOf(offer), HasSubstr("negative"));
  offer.size_bytes = 51'000'000;
  EXPECT_THAT(ProblemOf(offer), HasSubstr("files to 50 MB are taken"));
  offer.size_bytes = INT64_MAX;
  EXPECT_THAT(ProblemOf(offer), HasSubstr("files to 50 MB are taken"));
  offer.size_bytes = 64'001;
  EXPECT_THAT(ProblemOf(offer), HasSubstr("each of 3 parts"));
}

TEST(Offer, NameIsANameAndNoPath) {
  FileOffer offer = OfferOf("abc");
  for (const char* path : {"../../etc/passwd", "/etc/passwd", "a/b", "..", ".", "C:\\x", ""}) {
    offer.file_name = path;
    EXPECT_THAT(ProblemOf(offer), HasSubstr("fileName")) << path;
  }
  for (const char* hidden : {"a\nb", "a\x7f", "exe\xE2\x80\xAEgpj", "\xE2\x81\xA6x"}) {
    offer.file_name = hidden;
    EXPECT_THAT(ProblemOf(offer), HasSubstr("cannot be seen")) << hidden;
  }
  offer.file_name = std::string("a\0b", 3);
  EXPECT_THAT(ProblemOf(offer), HasSubstr("cannot be seen"));
  offer.file_name = "Año 2026 – señal.pdf";
  EXPECT_EQ(ProblemOf(offer), "");
}

TEST(Offer, TypeIsOneOrNone) {
  FileOffer offer = OfferOf("abc");
  for (const char* type : {"image", "image/", "/jpeg", "text/html\r\nX: y", "a/b/c", "text/html; x=\"<\""}) {
    offer.media_type = type;
    EXPECT_THAT(ProblemOf(offer), HasSubstr("mediaType")) << type;
  }
  offer.media_type = "";
  EXPECT_EQ(ProblemOf(offer), "");
  EXPECT_EQ(AttachmentOf(offer, 0).media_type(), "application/octet-stream");
}

TEST(AttachmentRecord, WhosePartsDoNotFitItsSizeHasNone) {
  domain::v1::Attachment attachment = AttachmentOf(OfferOf(std::string(70'000, 'p')), 0);
  attachment.mutable_part_ids()->pop_back();
  EXPECT_TRUE(PartIdsOf(attachment).empty());
  attachment.set_size_bytes(4'000'000'000u);
  EXPECT_TRUE(PartIdsOf(attachment).empty());
}

TEST(AttachmentRecord, IsTheSameForTheSameFileOfTheSameRecord) {
  const FileOffer offer = OfferOf("abc");
  EXPECT_EQ(AttachmentId(0, "oak", "r1", offer), AttachmentId(0, "oak", "r1", offer));
  EXPECT_NE(AttachmentId(0, "oak", "r1", offer), AttachmentId(1, "oak", "r1", offer));
  EXPECT_NE(AttachmentId(0, "oak", "r1", offer), AttachmentId(0, "elm", "r1", offer));
  EXPECT_NE(AttachmentId(0, "oak", "r1", offer), AttachmentId(0, "oak", "r2", offer));
  EXPECT_NE(AttachmentId(0, "oak", "r1", offer), AttachmentId(0, "oak", "r1", OfferOf("abd")));
}

}  // namespace
}  // namespace trellis
