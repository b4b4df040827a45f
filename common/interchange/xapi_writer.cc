#include "common/interchange/xapi_writer.h"

#include <fmt/format.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/time_util.h>

#include <cmath>
#include <map>

#include "common/interchange/xapi_codes.h"
#include "nlohmann/json.hpp"

namespace trellis {
namespace {

using domain::v1::Activity;
using domain::v1::Participation;
using domain::v1::Session;
using domain::v1::Staff;
using google::protobuf::util::TimeUtil;
using nlohmann::ordered_json;

template <typename Message>
using ByName = std::map<std::string, const Message*>;

bool IsIri(const std::string& text) {
  const size_t colon = text.find(':');
  return colon != std::string::npos && colon > 1 && text.find(' ') == std::string::npos;
}

class Writer {
 public:
  Writer(const XapiSource& source, const std::string& home_page) : source_(source), home_page_(home_page) {
    for (const auto& record : source.staff) {
      for (const std::string& name : {record.id, record.message.staff_unique_id()})
        staff_[name] = &record.message;
    }
    for (const auto& record : source.activities) {
      for (const std::string& name : {record.id, record.message.code()}) activities_[name] = &record.message;
    }
    for (const auto& record : source.sessions) {
      for (const std::string& name : {record.id, record.message.code()}) sessions_[name] = &record.message;
    }
  }

  XapiStatements Write() {
    ordered_json statements = ordered_json::array();
    int64_t untold = 0, copies = 0;
    for (const auto& record : source_.participations) {
      const auto verb = VerbOf(record.message.state());
      if (!record.message.copied_from().empty()) {
        ++copies;
      } else if (!verb || record.message.staff().empty()) {
        ++untold;
      } else {
        statements.push_back(Statement(record, *verb));
      }
    }
    XapiStatements out;
    out.statements = static_cast<int64_t>(statements.size());
    out.json = statements.dump(1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
    if (untold > 0) {
      out.notes.push_back(
          fmt::format("{} participations say that somebody was absent or withdrew; xAPI has no word "
                      "for it, so they are not told",
                      untold));
    }
    if (copies > 0)
      out.notes.push_back(fmt::format("{} copies of participations at another site were left out", copies));
    return out;
  }

 private:
  template <typename Message>
  static const Message* Find(const ByName<Message>& names, const std::string& name) {
    const auto found = name.empty() ? names.end() : names.find(name);
    return found == names.end() ? nullptr : found->second;
  }

  ordered_json Actor(const std::string& name) const {
    ordered_json actor = {{"objectType", "Agent"}};
    const Staff* staff = Find(staff_, name);
    if (staff != nullptr) actor["name"] = fmt::format("{} {}", staff->given_name(), staff->family_name());
    if (staff != nullptr && !staff->email().empty()) {
      actor["mbox"] = "mailto:" + staff->email();
    } else {
      actor["account"] = {{"homePage", home_page_},
                          {"name", staff == nullptr ? name : staff->staff_unique_id()}};
    }
    return actor;
  }

  static ordered_json Object(const std::string& id, const std::string& title, const std::string& description,
                             const std::string& language, const char* type) {
    ordered_json definition;
    const std::string tag = language.empty() ? "en-US" : language;
    if (!title.empty()) definition["name"] = {{tag, title}};
    if (!description.empty()) definition["description"] = {{tag, description}};
    definition["type"] = type;
    return {{"objectType", "Activity"}, {"id", id}, {"definition", std::move(definition)}};
  }

  static std::string IdOf(const Activity* activity, const std::string& name) {
    if (activity != nullptr && IsIri(activity->external_id())) return activity->external_id();
    return std::string(kXapiActivity) + (activity == nullptr ? name : activity->code());
  }

  ordered_json Statement(const HeldRecord<Participation>& record, const XapiVerb& verb) const {
    const Participation& participation = record.message;
    const Session* session = Find(sessions_, participation.session());
    const std::string& activity_name = participation.activity().empty() && session != nullptr
                                           ? session->activity()
                                           : participation.activity();
    const Activity* activity = Find(activities_, activity_name);
    ordered_json statement = {{"id", record.id},
                              {"actor", Actor(participation.staff())},
                              {"verb", {{"id", verb.id}, {"display", {{"en-US", verb.word}}}}}};
    ordered_json context = {{"platform", "Trellis"}};
    ordered_json whole =
        activity == nullptr
            ? Object(IdOf(nullptr, activity_name), "", "", "", "http://adlnet.gov/expapi/activities/course")
            : Object(IdOf(activity, ""), activity->title(), activity->description(), activity->language(),
                     "http://adlnet.gov/expapi/activities/course");
    if (participation.session().empty()) {
      statement["object"] = std::move(whole);
    } else {
      const std::string code =
          session == nullptr || session->code().empty() ? participation.session() : session->code();
      const std::string title = session != nullptr && !session->title().empty() ? session->title()
                                : activity != nullptr                           ? activity->title()
                                                                                : "";
      statement["object"] =
          Object(std::string(kXapiSession) + code, title, "", session == nullptr ? "" : session->language(),
                 "http://adlnet.gov/expapi/activities/meeting");
      if (!activity_name.empty())
        context["contextActivities"]["parent"] = ordered_json::array({std::move(whole)});
    }
    if (ordered_json result = Result(participation); !result.empty()) statement["result"] = std::move(result);
    statement["context"] = std::move(context);
    statement["timestamp"] = Moment(record);
    statement["version"] = "1.0.0";
    return statement;
  }

  static ordered_json Result(const Participation& participation) {
    ordered_json result;
    if (participation.state() == domain::v1::PARTICIPATION_STATE_COMPLETED ||
        participation.state() == domain::v1::PARTICIPATION_STATE_ATTENDED) {
      result["completion"] = true;
    } else if (participation.state() == domain::v1::PARTICIPATION_STATE_PARTIALLY_ATTENDED) {
      result["completion"] = false;
    }
    std::optional<int64_t> minutes;
    if (participation.has_verified_hours()) {
      minutes = std::llround(participation.verified_hours() * 60);
    } else if (participation.has_minutes()) {
      minutes = participation.minutes();
    } else if (participation.has_claimed_hours()) {
      minutes = std::llround(participation.claimed_hours() * 60);
    }
    if (minutes) result["duration"] = fmt::format("PT{}M", *minutes);
    return result;
  }

  static std::string Moment(const HeldRecord<Participation>& record) {
    const Participation& participation = record.message;
    if (!participation.date().empty()) {
      const std::string signed_in = TimeUtil::ToString(participation.sign_in_time());
      return participation.has_sign_in_time() && signed_in.starts_with(participation.date())
                 ? signed_in
                 : participation.date() + "T00:00:00Z";
    }
    if (participation.has_sign_in_time()) return TimeUtil::ToString(participation.sign_in_time());
    return TimeUtil::ToString(TimeUtil::MillisecondsToTimestamp(record.update_time_ms));
  }

  const XapiSource& source_;
  const std::string& home_page_;
  ByName<Staff> staff_;
  ByName<Activity> activities_;
  ByName<Session> sessions_;
};

}  // namespace

XapiStatements WriteXapi(const XapiSource& source, const std::string& home_page) {
  return Writer(source, home_page).Write();
}

}  // namespace trellis
