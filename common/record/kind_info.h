// What a kind of record says about itself, read from the options of its proto (proto/README.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/record/cell_policy.h"
#include "common/record/message_cells.h"

namespace google::protobuf {
class Descriptor;
class FieldDescriptor;
}  // namespace google::protobuf

namespace trellis {

// Where records of a kind stand unless the caller names a scope.
enum class Home : uint8_t { kShared, kSite, kSiteUp, kSiteDistrict };

enum class Role : uint8_t {
  kDistrictAdmin,    // everything in the district
  kDistrictStaff,    // district records and every site's, neither accounts nor keys
  kDistrictAnalyst,  // reads, writes nothing
  kSiteLead,         // leads a site
  kSiteStaff,        // works at a site
  kService,          // another program
};

// Who is shown a field. Computing (reports, merge, sync) reads all of them.
enum class Visibility : uint8_t {
  kAuthor,        // who wrote the record
  kParticipants,  // and the persons it is about
  kSiteLeads,     // and the site's leads and the district
  kDistrict,      // the district only
  kMembers,       // everybody whose grant reaches the scope
  kPublic,        // everybody
  kNobody,        // computing only
};

enum class DataClass : uint8_t { kPublic, kStaffPersonal, kSensitive, kConfidential };

enum class FieldType : uint8_t { kBool, kInteger, kNumber, kText, kBytes, kCode, kMoment, kMessage };

struct EnumValueInfo {
  int32_t number = 0;
  std::string name;     // as in JSON
  std::string meaning;  // may be empty
};

struct FieldInfo {
  uint32_t number = 0;
  std::string name;       // as in the proto
  std::string json_name;  // lowerCamelCase
  std::string meaning;
  FieldType type = FieldType::kText;
  bool repeated = false;
  bool optional = false;  // 0, false and empty differ from not said
  CellPolicy policy = CellPolicy::kRegister;
  Visibility visibility = Visibility::kSiteLeads;
  DataClass data_class = DataClass::kConfidential;
  bool index = false;
  bool required = false;
  // Inclusive: of the number, of the length in characters of a text, of how many a repeated field has.
  std::optional<double> min;
  std::optional<double> max;
  // Inclusive, for each element of a repeated field: of the number, of the length of a text.
  std::optional<double> item_min;
  std::optional<double> item_max;
  std::string unit;
  std::string refers_to;             // short name of a kind; empty: no reference
  std::string code_list;             // code of a CodeList record
  uint32_t element_key = 0;          // subfield that keys an element; 0: the whole element does
  std::string format;                // cds, date, language, email, url or code; empty: any
  std::string feature;               // code of the Feature that must be on; empty: none
  bool due = false;                  // a day by which something is to be done
  std::vector<EnumValueInfo> codes;  // of a kCode field, without the unspecified one
  std::vector<FieldInfo> members;    // of a kMessage field
  const google::protobuf::FieldDescriptor* descriptor = nullptr;

  bool IsSet() const { return policy == CellPolicy::kAddWinsSet || policy == CellPolicy::kAppendOnly; }
};

struct KindInfo {
  std::string full_name;  // trellis.domain.v1.ActionStep
  std::string name;       // ActionStep
  std::string meaning;
  Home home = Home::kShared;
  uint8_t lane = 3;  // new records: 0 erasures, 1 definitions, 2 responses, 3 edits, 4 bulk
  std::vector<Role> writers;
  std::vector<Role> shared_writers;  // in the shared scope; never empty where writers is not
  std::vector<Role> readers;         // empty: every role whose grant reaches the scope
  uint32_t code_field = 0;           // number of the text field records are called by; 0: only by id
  std::vector<uint32_t> participant_fields;
  bool append_only = false;
  std::string feature;                   // code of the Feature that must be on; empty: none
  uint32_t retention_days = 0;           // 0: kept
  uint32_t anonymous_field = 0;          // true at creation: no author is kept; 0: none
  std::vector<std::string> done_states;  // of the field `state`: nothing is due any more
  uint32_t owner_field = 0;              // who is to do what is due; 0: nobody
  std::vector<FieldInfo> fields;         // by number
  std::vector<SplitRule> split_rules;
  const google::protobuf::Descriptor* descriptor = nullptr;

  const FieldInfo* Find(uint32_t number) const;
  // By proto or JSON name.
  const FieldInfo* Find(std::string_view name) const;
  // kRegister for a field it does not know.
  CellPolicy PolicyOf(uint32_t field) const;
};

const char* RoleName(Role role);
const char* HomeName(Home home);
const char* VisibilityName(Visibility visibility);
const char* DataClassName(DataClass data_class);
const char* PolicyName(CellPolicy policy);
const char* TypeName(FieldType type);

}  // namespace trellis
