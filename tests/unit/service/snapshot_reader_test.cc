#include "common/service/snapshot_reader.h"

#include <fmt/format.h>

#include "common/report/report_format.h"
#include "tests/unit/service/service_fixture.h"

namespace trellis {
namespace {

class SnapshotReaderTest : public testing::Test {
 protected:
  SnapshotReaderTest()
      : district_(""), reader_(district_.store(), [](std::string_view, std::string_view signature) {
          return signature == "good" ? absl::OkStatus() : absl::PermissionDeniedError("no");
        }) {
    report_.name = "cycle";
    report_.title = "Cycle report";
    json_ = ReportJson(report_);
  }

  // The first `present` of `parts` parts.
  void Keep(const std::string& code, const std::string& signature, const std::string& digest, uint32_t parts,
            uint32_t present) {
    const std::string content = PackSnapshot(json_);
    const size_t size = content.size() / parts + 1;
    for (uint32_t part = 0; part < present; ++part) {
      domain::v1::ReportSnapshot snapshot;
      snapshot.set_code(SnapshotPartCode(code, part));
      snapshot.set_report("cycle");
      snapshot.set_title("Cycle report");
      snapshot.mutable_as_of()->set_seconds(1);
      snapshot.mutable_created_time()->set_seconds(1);
      snapshot.set_part(part);
      snapshot.set_parts(parts);
      snapshot.set_content(content.substr(part * size, size));
      snapshot.set_digest(digest);
      snapshot.set_signature(signature);
      district_.Create(Admin(), snapshot, "shared");
    }
  }

  ServiceStore district_;
  SnapshotReader reader_;
  Report report_;
  std::string json_;
};

TEST_F(SnapshotReaderTest, JoinsThePartsToTheReportThatWasFrozen) {
  Keep("S.v1", "good", SnapshotDigest(json_), 3, 3);
  const auto kept = reader_.Read(Admin(), "S.v1");
  ASSERT_TRUE(kept.ok()) << kept.status();
  EXPECT_EQ(kept->json, json_);
  EXPECT_EQ(reader_.ReadReport(Admin(), "S.v1")->title, "Cycle report");
}

TEST_F(SnapshotReaderTest, OneThatHasNotComeWhole_SaysSo) {
  Keep("S.v1", "good", SnapshotDigest(json_), 3, 2);
  EXPECT_TRUE(absl::IsDataLoss(reader_.Read(Admin(), "S.v1").status()));
}

TEST_F(SnapshotReaderTest, ChangedContentAndForeignSignatures_AreRefused) {
  Keep("CHANGED.v1", "good", SnapshotDigest(json_ + " "), 1, 1);
  EXPECT_TRUE(absl::IsDataLoss(reader_.Read(Admin(), "CHANGED.v1").status()));
  Keep("FOREIGN.v1", "bad", SnapshotDigest(json_), 1, 1);
  EXPECT_TRUE(absl::IsPermissionDenied(reader_.Read(Admin(), "FOREIGN.v1").status()));
  EXPECT_TRUE(absl::IsNotFound(reader_.Read(Admin(), "NONE.v1").status()));
}

}  // namespace
}  // namespace trellis
