#include "client/cli/record_printing.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <memory>

#include "client/cli/printer.h"
#include "nlohmann/json.hpp"

namespace trellis {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::Message;
using google::protobuf::MessageFactory;
using nlohmann::ordered_json;

constexpr char kDomainPackage[] = "trellis.domain.v1.";
constexpr size_t kTableFields = 5;      // of the message, in a list
constexpr size_t kTableCellWidth = 48;  // characters of one field in a list

std::unique_ptr<Message> NewMessage(const std::string& full_name) {
  const Descriptor* descriptor = DescriptorPool::generated_pool()->FindMessageTypeByName(full_name);
  if (descriptor == nullptr) return nullptr;
  return std::unique_ptr<Message>(MessageFactory::generated_factory()->GetPrototype(descriptor)->New());
}

// The message of a record as JSON fields in order; empty if the kind is not known here.
ordered_json FieldsOf(const records::v1::Record& record) {
  const std::string& url = record.data().type_url();
  const std::unique_ptr<Message> message = NewMessage(url.substr(url.rfind('/') + 1));
  if (message == nullptr || !message->ParseFromString(record.data().value())) return ordered_json::object();
  return ordered_json::parse(ToJson(*message), nullptr, /*allow_exceptions=*/false);
}

std::string ValueText(const ordered_json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::string PresenceText(records::v1::Presence presence) {
  switch (presence) {
    case records::v1::PRESENCE_LIVE_DESPITE_DELETE:
      return "edited by one and deleted by another: live until you decide";
    case records::v1::PRESENCE_DELETED:
      return "deleted";
    case records::v1::PRESENCE_MOVED:
      return "moved";
    case records::v1::PRESENCE_MOVED_BUT_CHANGED:
      return "moved, and changed by somebody who did not know";
    case records::v1::PRESENCE_ERASED:
      return "erased";
    default:
      return "";
  }
}

std::string Clip(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  if (text.size() <= kTableCellWidth) return text;
  size_t end = kTableCellWidth - 3;
  while (end > 0 && (static_cast<uint8_t>(text[end]) & 0xc0) == 0x80) --end;  // not inside a character
  return text.substr(0, end) + "...";
}

}  // namespace

absl::StatusOr<google::protobuf::Any> DataFromJson(std::string_view kind, const std::string& json) {
  const std::string full_name =
      kind.find('.') == std::string_view::npos ? kDomainPackage + std::string(kind) : std::string(kind);
  const std::unique_ptr<Message> message = NewMessage(full_name);
  if (message == nullptr) {
    return absl::InvalidArgumentError(
        fmt::format("there is no record kind {}; `trellis records describe` lists them", kind));
  }
  const auto status = google::protobuf::util::JsonStringToMessage(json, message.get());
  if (!status.ok()) {
    return absl::InvalidArgumentError(
        fmt::format("this is not the JSON of a {}: {}. `trellis records describe {} --example` shows one",
                    kind, std::string(status.message().data(), status.message().size()), kind));
  }
  google::protobuf::Any any;
  any.PackFrom(*message);
  return any;
}

void PrintConflicts(const records::v1::Record& record, std::ostream& out) {
  for (const auto& conflict : record.conflicts()) {
    const std::string element = conflict.element().empty() ? "" : fmt::format(" [{}]", conflict.element());
    out << fmt::format("{} {}: {}{} has {} values\n", record.kind(),
                       record.code().empty() ? record.id() : record.code(), conflict.field(), element,
                       conflict.versions_size());
    for (const auto& version : conflict.versions()) {
      out << fmt::format("  {} {}  by {} at {}\n      --take {}\n",
                         version.shown() ? "shown:" : "kept: ", ToText(version.value()), version.actor(),
                         ToText(version.time()), version.version());
    }
  }
  const std::string& name = record.code().empty() ? record.id() : record.code();
  if (record.presence() == records::v1::PRESENCE_LIVE_DESPITE_DELETE) {
    out << fmt::format("{} {}: {}\n", record.kind(), name, PresenceText(record.presence()));
  }
  if (record.presence() == records::v1::PRESENCE_MOVED_BUT_CHANGED) {
    out << fmt::format("{} {} in {}: {}: {}\n", record.kind(), name, record.scope(),
                       PresenceText(record.presence()), fmt::join(record.changed_since_move(), ", "));
    out << fmt::format(
        "  to take that along:  trellis records move {0} {1} --scope {2} --to WHERE_IT_WENT\n"
        "  to leave it there:   trellis records delete {0} {1} --scope {2}\n",
        record.kind(), record.id(), record.scope());
  }
}

void PrintRecord(const records::v1::Record& record, std::ostream& out) {
  TextTable table({record.kind(), record.code().empty() ? record.id() : record.code()});
  table.Add({"id", record.id()});
  table.Add({"scope", record.scope()});
  table.Add({"etag", record.etag()});
  table.Add({"created", fmt::format("{} by {}", ToText(record.create_time()), record.create_actor())});
  table.Add({"updated", fmt::format("{} by {}", ToText(record.update_time()), record.update_actor())});
  const std::string presence = PresenceText(record.presence());
  if (!presence.empty()) table.Add({"presence", presence});
  const ordered_json fields = FieldsOf(record);
  for (const auto& [name, value] : fields.items()) table.Add({name, ValueText(value)});
  table.Print(out);
  if (record.conflicts_size() > 0) out << '\n';
  PrintConflicts(record, out);
}

void PrintRecordTable(const std::vector<records::v1::Record>& records, std::ostream& out) {
  if (records.empty()) {
    out << "none\n";
    return;
  }
  // The fields most records have, in the order of the first record.
  std::vector<std::string> columns;
  const ordered_json first = FieldsOf(records.front());
  for (const auto& [name, value] : first.items()) {
    if (columns.size() < kTableFields && !value.is_array() && !value.is_object()) columns.push_back(name);
  }
  std::vector<std::string> headings = {"ID"};
  headings.insert(headings.end(), columns.begin(), columns.end());
  headings.emplace_back("");
  TextTable table(headings);
  for (const auto& record : records) {
    const ordered_json fields = FieldsOf(record);
    std::vector<std::string> row = {record.id()};
    for (const std::string& column : columns) {
      row.push_back(fields.contains(column) ? Clip(ValueText(fields[column])) : "");
    }
    row.push_back(record.conflicts_size() > 0 ? "in conflict" : PresenceText(record.presence()));
    table.Add(std::move(row));
  }
  table.Print(out);
}

}  // namespace trellis
