// What every export needs: records of wherever the caller may read, and files that are whole or not there.
#pragma once

#include <google/protobuf/util/time_util.h>

#include <map>
#include <string>
#include <vector>

#include "client/cli/command_line.h"
#include "common/interchange/held_record.h"
#include "trellis/records/v1/records.pb.h"

namespace trellis {

struct ExportFlags {
  std::string what;
  std::string to;
  std::string scope;
  std::string filter;
  std::string survey;
  std::string wave;
  std::string activity;
  std::string staff;
  std::string since;
  std::string home_page;
  std::string name_space = "uri://trellis.invalid";
  bool due_as_events = false;
};

// Records of a kind in one scope; empty: where the service looks without one. All pages.
absl::StatusOr<std::vector<records::v1::Record>> ListAll(CommandLine& line, const std::string& kind,
                                                         const std::string& scope, const std::string& filter);
// In shared and in the scope asked for; without one, in every site's that the other end holds.
absl::StatusOr<std::vector<records::v1::Record>> ListEverywhere(CommandLine& line, const std::string& kind,
                                                                const ExportFlags& flags,
                                                                const std::string& filter);

// The same, each as its own message; those of another version are left out.
template <typename Message>
absl::StatusOr<std::vector<HeldRecord<Message>>> HeldEverywhere(CommandLine& line, const ExportFlags& flags,
                                                                const std::string& filter = "") {
  auto records = ListEverywhere(line, Message::descriptor()->name(), flags, filter);
  if (!records.ok()) return records.status();
  std::vector<HeldRecord<Message>> held;
  for (const records::v1::Record& record : *records) {
    HeldRecord<Message> one{record.id(), record.scope(),
                            google::protobuf::util::TimeUtil::TimestampToMilliseconds(record.update_time())};
    if (record.data().UnpackTo(&one.message)) held.push_back(std::move(one));
  }
  return held;
}

// Written beside and then renamed, so that a file is whole or not there.
absl::Status WriteWhole(const std::string& path, const std::string& bytes);
// Into one zip archive where the path ends so, else into a folder, made where it is not there.
absl::Status WriteFiles(const std::string& path, const std::map<std::string, std::string>& files);

// Files of other systems.
absl::Status ExportOneRoster(CommandLine& line, const ExportFlags& flags);
absl::Status ExportXapi(CommandLine& line, const ExportFlags& flags);
absl::Status ExportCalendar(CommandLine& line, const ExportFlags& flags);
absl::Status ExportEdFi(CommandLine& line, const ExportFlags& flags);

}  // namespace trellis
