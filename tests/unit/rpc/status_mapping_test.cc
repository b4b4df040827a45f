#include "common/rpc/status_mapping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "trellis/rpc/v1/error_details.pb.h"

namespace trellis {
namespace {

TEST(ErrorReasons, AreSortedAndUniqueWords) {
  const auto& reasons = ErrorReasons();
  const std::regex word("[A-Z][A-Z_]+[A-Z]");
  for (size_t i = 0; i < reasons.size(); ++i) {
    EXPECT_TRUE(std::regex_match(std::string(reasons[i].word), word)) << reasons[i].word;
    EXPECT_NE(reasons[i].code, absl::StatusCode::kOk);
    EXPECT_FALSE(reasons[i].meaning.empty());
    if (i > 0) {
      EXPECT_LT(reasons[i - 1].word, reasons[i].word);
    }
  }
}

TEST(StatusMapping, EveryReasonSurvivesTheWayThere) {
  for (const ErrorReason& reason : ErrorReasons()) {
    const absl::Status status = ErrorWithReason(reason.word, "what to do");
    EXPECT_EQ(status.code(), reason.code) << reason.word;
    const absl::Status back = FromGrpcStatus(ToGrpcStatus(status));
    EXPECT_EQ(back, status) << reason.word;
    EXPECT_EQ(ReasonOf(back), reason.word);
  }
}

TEST(StatusMapping, KeepsFieldViolationsAndTheTimeToWait) {
  absl::Status status = FieldViolationsError({{"title", "is missing"}, {"hours", "at most 2000"}});
  SetRetryAfter(1500, &status);
  const absl::Status back = FromGrpcStatus(ToGrpcStatus(status));
  ASSERT_EQ(FieldViolationsOf(back).size(), 2u);
  EXPECT_EQ(FieldViolationsOf(back)[1].field, "hours");
  EXPECT_EQ(RetryAfterOf(back), 1500);
  EXPECT_EQ(std::string(back.message()), "title: is missing; hours: at most 2000");
}

TEST(StatusMapping, SendsTheTypeNamesOfGoogleRpc) {
  const grpc::Status status = ToGrpcStatus(FieldViolationsError({{"title", "is missing"}}));
  rpc::v1::Status details;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  ASSERT_EQ(details.details_size(), 2);
  EXPECT_EQ(details.details(0).type_url(), "type.googleapis.com/google.rpc.ErrorInfo");
  EXPECT_EQ(details.details(1).type_url(), "type.googleapis.com/google.rpc.BadRequest");
}

TEST(StatusMapping, GivesAnErrorWithoutReasonTheNameOfItsCode) {
  rpc::v1::Status details;
  ASSERT_TRUE(details.ParseFromString(ToGrpcStatus(absl::DataLossError("x")).error_details()));
  rpc::v1::ErrorInfo info;
  ASSERT_TRUE(info.ParseFromString(details.details(0).value()));
  EXPECT_EQ(info.reason(), "DATA_LOSS");
  EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok());
  EXPECT_EQ(FromGrpcStatus(grpc::Status(grpc::StatusCode::UNAVAILABLE, "gone")),
            absl::UnavailableError("gone"));
}

TEST(CodeName, NamesEveryCanonicalCode) {
  EXPECT_EQ(CodeName(absl::StatusCode::kNotFound), "NOT_FOUND");
  EXPECT_EQ(CodeName(absl::StatusCode::kUnauthenticated), "UNAUTHENTICATED");
}

}  // namespace
}  // namespace trellis
