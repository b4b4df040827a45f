// A construct's scores by group, with whether they may be put together as the groups' (R24, R25).
#pragma once

#include <map>
#include <optional>

#include "common/report/agreement.h"
#include "common/report/survey_cut.h"

namespace trellis {

struct GroupAgreement {
  Moments mean;               // over persons with a scale score
  std::optional<double> rwg;  // rwg(j) over persons who answered all items; nullopt with fewer than two
  bool hidden = false;
};

struct ConstructAgreement {
  std::map<GroupKey, GroupAgreement> groups;
  std::optional<GroupVariance> variance;
  std::optional<double> median_rwg;  // over the groups that have one
  bool hidden = false;               // too few persons in all
};

// REQUIRES: the cut has groups.
ConstructAgreement AgreementOf(const SurveyCut& cut, const ReportInput& input, const Scale& scale);

// As the cells of a row; nothing of hidden ones.
std::vector<std::pair<std::string, ReportCell>> GroupAgreementCells(const GroupAgreement& group,
                                                                    double confidence);

}  // namespace trellis
