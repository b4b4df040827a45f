#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "common/service/attachment_writer.h"
#include "tests/unit/service/service_fixture.h"
#include "trellis/domain/v1/action_step.pb.h"
#include "trellis/domain/v1/staff.pb.h"

namespace trellis {
namespace {

using domain::v1::ActionStep;
using ::testing::HasSubstr;

std::string AsBytes(const Sha256& hash) { return {reinterpret_cast<const char*>(hash.data()), hash.size()}; }

// Parts that all differ.
std::string FileOf(size_t bytes, uint64_t seed) {
  SeededRandom random(seed);
  std::string file;
  while (file.size() < bytes) {
    const uint64_t word = random.Next();
    file.append(reinterpret_cast<const char*>(&word), sizeof(word));
  }
  file.resize(bytes);
  return file;
}

FileOffer OfferOf(const std::string& file, const std::string& name = "photo.jpg") {
  FileOffer offer;
  offer.file_name = name;
  offer.size_bytes = static_cast<int64_t>(file.size());
  offer.sha256 = AsBytes(Sha256Of(file));
  for (size_t at = 0; at < file.size(); at += kPartBytes) {
    offer.part_sha256 += AsBytes(Sha256Of(std::string_view(file).substr(at, kPartBytes)));
  }
  return offer;
}

// A store with an action step, and the use cases of files on it.
struct FileStore : ServiceStore {
  explicit FileStore(const std::string& site, uint64_t seed = 1)
      : ServiceStore(site, seed),
        prefix("STEP-" + std::to_string(seed) + "-"),
        files(store(), &writer()),
        reading(store()) {}

  std::string MakeStep(const Principal& principal, const std::string& scope = "") {
    ActionStep step;
    step.set_code(prefix + std::to_string(++steps));
    step.set_title("Open the doors");
    return Create(principal, step, scope).id.ToString();
  }
  absl::StatusOr<AttachmentAnswer> Offer(const Principal& principal, const std::string& step,
                                         const FileOffer& offer) {
    return files.Create(principal, {"ActionStep", step, ""}, offer);
  }
  // Sends those parts of the missing ones; how many bytes that took.
  size_t Send(const Principal& principal, const AttachmentAnswer& attachment, const std::string& file,
              size_t most = SIZE_MAX) {
    size_t bytes = 0;
    for (const size_t part : attachment.missing) {
      if (most-- == 0) break;
      const std::string data = file.substr(part * kPartBytes, kPartBytes);
      EXPECT_TRUE(files.AddParts(principal, attachment, {{part, data}}).ok());
      bytes += data.size();
    }
    return bytes;
  }
  AttachmentAnswer Attach(const Principal& principal, const std::string& step, const std::string& file,
                          const std::string& name = "photo.jpg") {
    auto made = Offer(principal, step, OfferOf(file, name));
    EXPECT_TRUE(made.ok()) << made.status();
    if (!made.ok()) return {};
    Send(principal, *made, file);
    return *made;
  }
  absl::StatusOr<std::string> Read(const Principal& principal, const AttachmentAnswer& attachment) {
    const auto found = reading.Get(principal, {attachment.id.ToString(), ""});
    if (!found.ok()) return found.status();
    std::string file;
    for (size_t i = 0; i < found->parts.size(); ++i) {
      const auto part = reading.ReadPart(*found, i);
      if (!part.ok()) return part.status();
      file += *part;
    }
    return file;
  }
  size_t PartRecords(const std::string& scope) {
    size_t count = 0;
    EXPECT_TRUE(replica()
                    ->ScanKind(scope, kPartKind, RecordId{}, true,
                               [&](const RecordId&, const StoredRecord& stored) {
                                 count += PresenceOf(stored.state) != Presence::kErased ? 1 : 0;
                                 return true;
                               })
                    .ok());
    return count;
  }

  const std::string prefix;  // of codes
  AttachmentWriter files;
  AttachmentReader reading;
  int steps = 0;
};

TEST(Attach, RecordNamesTheFileBeforeItsBytesAreHere) {
  FileStore oak("oak");
  const std::string step = oak.MakeStep(Lead("oak"), "oak");
  const std::string file = FileOf(100'000, 1);
  const auto made = oak.Offer(Lead("oak"), step, OfferOf(file));
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->missing.size(), 4u);
  const auto record = oak.reader().Get(Lead("oak"), {"ActionStep", step, "oak"});
  ASSERT_TRUE(record.ok());
  EXPECT_THAT(DataOf<ActionStep>(*record).attachments(), ::testing::ElementsAre(made->id.ToString()));
  oak.Send(Lead("oak"), *made, file);
  EXPECT_EQ(*oak.Read(Lead("oak"), *made), file);
}

TEST(Attach, SameFileTwiceIsOneAttachmentAndCostsNothing) {
  FileStore oak("oak");
  const std::string step = oak.MakeStep(Lead("oak"), "oak");
  const std::string file = FileOf(100'000, 1);
  const AttachmentAnswer first = oak.Attach(Lead("oak"), step, file);
  const uint64_t seq = oak.replica()->Head("oak")->seq;
  const auto again = oak.Offer(Lead("oak"), step, OfferOf(file));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->id, first.id);
  EXPECT_TRUE(again->missing.empty());
  EXPECT_EQ(oak.replica()->Head("oak")->seq, seq);
}

TEST(Attach, SameBytesForAnotherRecordAreKeptOnce) {
  FileStore oak("oak");
  const std::string file = FileOf(100'000, 1);
  oak.Attach(Lead("oak"), oak.MakeStep(Lead("oak"), "oak"), file);
  const auto other = oak.Offer(Lead("oak"), oak.MakeStep(Lead("oak"), "oak"), OfferOf(file, "copy.jpg"));
  ASSERT_TRUE(other.ok());
  EXPECT_TRUE(other->missing.empty());
  EXPECT_EQ(oak.PartRecords("oak"), 4u);
}

TEST(Attach, FileOfASharedRecordStandsWithTheSite) {
  FileStore oak("oak");
  const AttachmentAnswer made = oak.Attach(Lead("oak"), oak.MakeStep(Lead("oak")), "abc");
  EXPECT_EQ(made.scope, "oak");
  EXPECT_EQ(oak.PartRecords("shared"), 0u);
  FileStore district("");
  EXPECT_EQ(district.Attach(Admin(), district.MakeStep(Admin()), "abc").scope, "shared");
}

TEST(Attach, WhatIsNotWhatWasAnnouncedIsRefused) {
  FileStore oak("oak");
  const std::string step = oak.MakeStep(Lead("oak"), "oak");
  const std::string file = FileOf(70'000, 1);
  const auto made = oak.Offer(Lead("oak"), step, OfferOf(file));
  ASSERT_TRUE(made.ok());
  const auto add = [&](size_t part, const std::string& data) {
    return oak.files.AddParts(Lead("oak"), *made, {{part, data}});
  };
  EXPECT_EQ(ReasonOf(add(0, FileOf(kPartBytes, 2))), "FILE_INVALID");
  EXPECT_EQ(ReasonOf(add(1, file.substr(0, kPartBytes))), "FILE_INVALID");
  EXPECT_EQ(ReasonOf(add(0, file.substr(0, 10))), "FILE_INVALID");
  EXPECT_EQ(ReasonOf(add(0, "")), "FILE_INVALID");
  EXPECT_EQ(ReasonOf(add(3, file.substr(0, kPartBytes))), "FILE_INVALID");
  EXPECT_EQ(oak.PartRecords("oak"), 0u);
}

TEST(Attach, KindsWithoutAFieldForFilesAreToldApart) {
  FileStore oak("oak");
  domain::v1::Staff staff;
  staff.set_staff_unique_id("S-1");
  staff.set_given_name("Ana");
  staff.set_family_name("Ruiz");
  const std::string id = oak.Create(Lead("oak"), staff).id.ToString();
  const auto refused = oak.files.Create(Lead("oak"), {"Staff", id, ""}, OfferOf("abc"));
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("ActionStep"));
}

TEST(Attach, WantsTheRightToChangeTheRecord) {
  FileStore oak("oak");
  const std::string step = oak.MakeStep(Lead("oak"), "oak");
  EXPECT_EQ(ReasonIn(oak.Offer(Teacher("oak"), step, OfferOf("abc"))), "ACCESS_DENIED");
  EXPECT_EQ(oak.replica()->Head("oak")->seq, 1u);
}

TEST(ReadingFiles, IsForWhoSeesTheFieldThatNamesThem) {
  FileStore oak("oak");
  const std::string step = oak.MakeStep(Lead("oak"), "oak");
  const AttachmentAnswer made = oak.Attach(Lead("oak"), step, "abc");
  EXPECT_EQ(*oak.Read(Teacher("oak"), made), "abc");
  EXPECT_EQ(ReasonIn(oak.Read(Teacher("elm"), made)), "RECORD_NOT_FOUND");
  // The record does not name it any more: only who attached it still sees it.
  ActionStep none;
  UpdateRequest update;
  update.name = {"ActionStep", step, "oak"};
  update.data = none.SerializeAsString();
  update.mask = {"attachments"};
  ASSERT_TRUE(oak.writer().Update(Lead("oak"), update).ok());
  EXPECT_EQ(ReasonIn(oak.Read(Teacher("oak"), made)), "RECORD_NOT_FOUND");
  EXPECT_EQ(*oak.Read(Lead("oak"), made), "abc");
}

TEST(ReadingFiles, NobodyIsShownWhatTheyAreMadeOf) {
  FileStore oak("oak");
  const AttachmentAnswer made = oak.Attach(Lead("oak"), oak.MakeStep(Lead("oak"), "oak"), "abc");
  const auto record = oak.reader().Get(Lead("oak"), {"Attachment", made.id.ToString(), "oak"});
  ASSERT_TRUE(record.ok());
  EXPECT_EQ(DataOf<domain::v1::Attachment>(*record).file_name(), "photo.jpg");
  EXPECT_EQ(DataOf<domain::v1::Attachment>(*record).part_ids(), "");
  EXPECT_EQ(DataOf<domain::v1::Attachment>(*record).sha256(), "");
  EXPECT_EQ(ReasonIn(oak.reader().Get(Lead("oak"), {"AttachmentPart", made.parts[0].ToString(), "oak"})),
            "ACCESS_DENIED");
  // Nor may anybody say so themselves: they would claim what others are made of.
  domain::v1::Attachment claimed = made.record;
  EXPECT_EQ(ReasonIn(oak.TryCreate(Lead("oak"), claimed, "oak")), "ACCESS_DENIED");
  domain::v1::AttachmentPart part;
  part.set_data("abc");
  EXPECT_EQ(ReasonIn(oak.TryCreate(Lead("oak"), part, "oak")), "ACCESS_DENIED");
}

TEST(ReadingFiles, WrongPartIsNeverServed) {
  FileStore oak("oak");
  const std::string file = FileOf(70'000, 1);
  const AttachmentAnswer made = oak.Attach(Lead("oak"), oak.MakeStep(Lead("oak"), "oak"), file);
  domain::v1::AttachmentPart wrong;
  wrong.set_data(FileOf(kPartBytes, 9));
  const std::string bytes = wrong.SerializeAsString();
  RecordWrite write;
  write.type = RecordWrite::Type::kUpdate;
  write.scope = "oak";
  write.kind = kPartKind;
  write.id = made.parts[1];
  write.cells = {{{domain::v1::AttachmentPart::kDataFieldNumber, ""}, bytes, false}};
  ASSERT_TRUE(oak.replica()->Write({"somebody", "", {write}}).ok());
  EXPECT_TRUE(oak.reading.ReadPart(made, 0).ok());
  EXPECT_TRUE(absl::IsDataLoss(oak.reading.ReadPart(made, 1).status()));
  // Attached again, it is mended.
  ASSERT_TRUE(oak.files.AddParts(Lead("oak"), made, {{1, file.substr(kPartBytes, kPartBytes)}}).ok());
  EXPECT_EQ(*oak.Read(Lead("oak"), made), file);
}

TEST(TakingOff, KeepsTheBytesAndAttachingAgainFindsThem) {
  FileStore oak("oak");
  const std::string step = oak.MakeStep(Lead("oak"), "oak");
  const std::string file = FileOf(70'000, 1);
  const AttachmentAnswer made = oak.Attach(Lead("oak"), step, file);
  ASSERT_TRUE(oak.files.Delete(Lead("oak"), {made.id.ToString(), ""}).ok());
  EXPECT_TRUE(oak.reading.List(Lead("oak"), {"ActionStep", step, "oak"})->attachments.empty());
  EXPECT_EQ(ReasonIn(oak.Read(Lead("oak"), made)), "RECORD_NOT_FOUND");
  const auto again = oak.Offer(Lead("oak"), step, OfferOf(file));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_NE(again->id, made.id);
  EXPECT_TRUE(again->missing.empty());
}

TEST(Erasing, TakesWhatNothingElseIsMadeOf) {
  FileStore oak("oak");
  const std::string step = oak.MakeStep(Lead("oak"), "oak");
  const std::string file = FileOf(100'000, 1);
  const AttachmentAnswer made = oak.Attach(Lead("oak"), step, file);
  const std::string other_file = file.substr(0, 2 * kPartBytes) + FileOf(5'000, 2);
  const AttachmentAnswer other = oak.Attach(Lead("oak"), step, other_file, "other.jpg");
  EXPECT_EQ(ReasonIn(oak.files.Erase(Teacher("oak"), {made.id.ToString(), ""})), "ACCESS_DENIED");
  const auto erased = oak.files.Erase(Lead("oak"), {made.id.ToString(), ""});
  ASSERT_TRUE(erased.ok()) << erased.status();
  EXPECT_EQ(erased->erased, 2u);
  EXPECT_EQ(erased->kept, 2u);
  EXPECT_EQ(oak.PartRecords("oak"), 3u);
  EXPECT_EQ(*oak.Read(Lead("oak"), other), other_file);
  EXPECT_EQ(ReasonIn(oak.Read(Lead("oak"), made)), "RECORD_NOT_FOUND");
  EXPECT_EQ(oak.replica()->History("oak", made.parts[3])->size(), 0u);
}

TEST(Erasing, IsDoneAgainAfterACutAndAfterTakingOff) {
  FileStore oak("oak");
  const std::string file = FileOf(100'000, 1);
  const AttachmentAnswer made = oak.Attach(Lead("oak"), oak.MakeStep(Lead("oak"), "oak"), file);
  ASSERT_TRUE(oak.files.Delete(Lead("oak"), {made.id.ToString(), ""}).ok());
  ASSERT_TRUE(oak.files.Erase(Lead("oak"), {made.id.ToString(), ""}).ok());
  EXPECT_EQ(oak.PartRecords("oak"), 0u);
}

TEST(Erasing, SameBytesAttachedLaterAreKeptAnew) {
  FileStore oak("oak");
  const std::string step = oak.MakeStep(Lead("oak"), "oak");
  const std::string file = FileOf(100'000, 1);
  const AttachmentAnswer made = oak.Attach(Lead("oak"), step, file);
  ASSERT_TRUE(oak.files.Erase(Lead("oak"), {made.id.ToString(), ""}).ok());
  const AttachmentAnswer again = oak.Attach(Lead("oak"), step, file);
  EXPECT_EQ(again.record.generation(), 1u);
  EXPECT_EQ(*oak.Read(Lead("oak"), again), file);
}

TEST(Erasing, WhoAttachedTheSameBytesElsewhereIsToldAndAttachesAgain) {
  FileStore oak("oak");
  FileStore other("oak", 2);
  const std::string step = oak.MakeStep(Lead("oak"), "oak");
  const std::string file = FileOf(100'000, 1);
  const AttachmentAnswer made = oak.Attach(Lead("oak"), step, file);
  SendScope(oak, "oak-1", other, "oak");
  const std::string second = other.MakeStep(Lead("oak"), "oak");
  const AttachmentAnswer copy = other.Attach(Lead("oak"), second, file, "copy.jpg");
  ASSERT_TRUE(oak.files.Erase(Lead("oak"), {made.id.ToString(), ""}).ok());
  SendScope(oak, "oak-1", other, "oak");
  EXPECT_EQ(other.reading.Get(Lead("oak"), {copy.id.ToString(), ""})->erased, 4u);
  const AttachmentAnswer again = other.Attach(Lead("oak"), second, file, "copy.jpg");
  EXPECT_EQ(*other.Read(Lead("oak"), again), file);
  EXPECT_EQ(other.reading.List(Lead("oak"), {"ActionStep", second, "oak"})->attachments.size(), 1u);
}

TEST(FilesOnTheirWay, RecordShowsBeforeItsFileIsThere) {
  FileStore oak("oak");
  FileStore district("");
  const std::string step = oak.MakeStep(Lead("oak"), "oak");
  const std::string file = FileOf(100'000, 1);
  const AttachmentAnswer made = oak.Attach(Lead("oak"), step, file);
  // All lanes but the last.
  ASSERT_TRUE(district.replica()->BeginScope("oak").ok());
  FrameRequest request;
  request.scope = "oak";
  request.max_items = 100;
  for (int lane = 0; lane < static_cast<int>(Lane::kBulk); ++lane) {
    request.lane = static_cast<Lane>(lane);
    ApplyOptions options;
    options.peer = "oak-1";
    ASSERT_TRUE(district.replica()->ApplyFrame(*oak.replica()->BuildFrame(request), options).ok());
  }
  const auto list = district.reading.List(Admin(), {"ActionStep", step, "oak"});
  ASSERT_TRUE(list.ok()) << list.status();
  ASSERT_EQ(list->attachments.size(), 1u);
  EXPECT_EQ(list->attachments[0].record.file_name(), "photo.jpg");
  EXPECT_EQ(list->attachments[0].missing.size(), 4u);
  SendScope(oak, "oak-1", district, "oak");
  EXPECT_EQ(*district.Read(Admin(), made), file);
}

RC_GTEST_PROP(ResumingAFile, CutAnywhere_SendsOnlyTheRest, ()) {
  const size_t bytes = *rc::gen::inRange<size_t>(1, 400'000);
  const std::string file = FileOf(bytes, 1);
  FileStore oak("oak");
  const std::string step = oak.MakeStep(Lead("oak"), "oak");
  size_t sent = 0;
  while (true) {
    const auto offered = oak.Offer(Lead("oak"), step, OfferOf(file));
    RC_ASSERT(offered.ok());
    if (offered->missing.empty()) break;
    sent += oak.Send(Lead("oak"), *offered, file, *rc::gen::inRange<size_t>(1, 5));
  }
  RC_ASSERT(sent == bytes);
  const auto found = oak.Offer(Lead("oak"), step, OfferOf(file));
  RC_ASSERT(*oak.Read(Lead("oak"), *found) == file);
}

}  // namespace
}  // namespace trellis
