#include "common/interchange/xapi_codes.h"

#include <algorithm>

namespace trellis {
namespace {

using domain::v1::ParticipationState;

struct WordRow {
  std::string_view word;
  ParticipationState state;
};
constexpr WordRow kWords[] = {
    {"completed", domain::v1::PARTICIPATION_STATE_COMPLETED},
    {"complete", domain::v1::PARTICIPATION_STATE_COMPLETED},
    {"passed", domain::v1::PARTICIPATION_STATE_COMPLETED},
    {"mastered", domain::v1::PARTICIPATION_STATE_COMPLETED},
    {"earned", domain::v1::PARTICIPATION_STATE_COMPLETED},
    {"certified", domain::v1::PARTICIPATION_STATE_COMPLETED},
    {"attended", domain::v1::PARTICIPATION_STATE_ATTENDED},
    {"attend", domain::v1::PARTICIPATION_STATE_ATTENDED},
    {"registered", domain::v1::PARTICIPATION_STATE_REGISTERED},
    {"enrolled", domain::v1::PARTICIPATION_STATE_REGISTERED},
    {"unregistered", domain::v1::PARTICIPATION_STATE_WITHDRAWN},
    {"withdrew", domain::v1::PARTICIPATION_STATE_WITHDRAWN},
};

}  // namespace

std::optional<XapiVerb> VerbOf(ParticipationState state) {
  switch (state) {
    case domain::v1::PARTICIPATION_STATE_COMPLETED:
      return XapiVerb{"http://adlnet.gov/expapi/verbs/completed", "completed"};
    case domain::v1::PARTICIPATION_STATE_ATTENDED:
    case domain::v1::PARTICIPATION_STATE_PARTIALLY_ATTENDED:
      return XapiVerb{"http://adlnet.gov/expapi/verbs/attended", "attended"};
    case domain::v1::PARTICIPATION_STATE_REGISTERED:
    case domain::v1::PARTICIPATION_STATE_WAITLISTED:
      return XapiVerb{"http://adlnet.gov/expapi/verbs/registered", "registered"};
    default:
      return std::nullopt;
  }
}

std::optional<ParticipationState> StateOfVerb(std::string_view iri) {
  while (iri.ends_with('/')) iri.remove_suffix(1);
  const size_t cut = iri.find_last_of("/#:");
  std::string word(cut == std::string_view::npos ? iri : iri.substr(cut + 1));
  std::transform(word.begin(), word.end(), word.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  for (const WordRow& row : kWords) {
    if (row.word == word) return row.state;
  }
  return std::nullopt;
}

}  // namespace trellis
