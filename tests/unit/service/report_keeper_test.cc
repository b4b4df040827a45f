#include "common/service/report_keeper.h"

#include <chrono>
#include <thread>

#include "common/replica/view_rows.h"
#include "tests/unit/service/service_fixture.h"
#include "trellis/domain/v1/response.pb.h"

namespace trellis {
namespace {

class KeptReports : public testing::Test {
 protected:
  KeptReports()
      : oak_("oak"),
        completeness_("oak", oak_.replica(), &oak_.clock(), [] { return false; }),
        host_(oak_.store(), &completeness_) {}

  RecordId Answer(const std::string& role) {
    domain::v1::Response response;
    response.set_survey("S");
    response.set_wave("W");
    response.set_role(role);
    response.add_answers(1);
    return oak_.Create(Lead("oak"), response, "oak").id;
  }
  std::string Resting() const {
    std::string rows;
    EXPECT_TRUE(ViewRowsOf(oak_.replica())
                    ->ScanViewRows("",
                                   [&](std::string_view key, std::string_view row) {
                                     rows.append(key).append(row);
                                     return true;
                                   })
                    .ok());
    return rows;
  }

  ServiceStore oak_;
  OwnCompleteness completeness_;
  ReportHost host_;
};

TEST_F(KeptReports, NothingRestsWhereNobodyAsksForReports) {
  ReportKeeper keeper(oak_.replica(), &host_);
  Answer("teacher");
  keeper.Stop();
  EXPECT_FALSE(host_.following());
  EXPECT_FALSE(host_.ViewRests());
}

TEST_F(KeptReports, WhatAReportReadRestsWhenTheProgramEnds) {
  Answer("teacher");
  {
    ReportKeeper keeper(oak_.replica(), &host_);
    ASSERT_TRUE(host_.CatchUp().ok());
  }
  EXPECT_EQ(host_.unsaved().records, 0u);
  EXPECT_NE(Resting().find("teacher"), std::string::npos);
  ReportHost anew(oak_.store(), &completeness_);
  ASSERT_TRUE(anew.ViewRests());
  ASSERT_TRUE(anew.CatchUp().ok());
  EXPECT_EQ(anew.unsaved().records, 0u);
}

TEST_F(KeptReports, AnErasedValueLeavesTheRowsThoughNobodyAsks) {
  const RecordId id = Answer("the-only-librarian");
  ASSERT_TRUE(host_.CatchUp().ok() && host_.Checkpoint().ok());
  ASSERT_NE(Resting().find("librarian"), std::string::npos);
  ReportKeeper keeper(oak_.replica(), &host_);
  RecordWrite erase;
  erase.type = RecordWrite::Type::kErase;
  erase.scope = "oak";
  erase.id = id;
  ASSERT_TRUE(oak_.replica()->Write({"admin", "", {erase}}).ok());
  while (Resting().find("librarian") != std::string::npos) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

}  // namespace
}  // namespace trellis
