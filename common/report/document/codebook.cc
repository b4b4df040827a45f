#include "common/report/document/codebook.h"

namespace trellis {
namespace {

constexpr CodebookEntry kEntries[] = {
    {"report", "the report's slug; `report describe` says how it is defined"},
    {"(groups)", "one column for each part of a row's group: construct, site, attribute …"},
    {"cell", "the name of the number"},
    {"state",
     "VALUE; HIDDEN: too few persons, or it would give such a number away; MISSING: nothing to compute "
     "it from; NOT_APPLICABLE: not defined here"},
    {"value", "the number; proportions as fractions"},
    {"n", "persons behind it"},
    {"numerator", "of a proportion or ratio"},
    {"denominator", "of a proportion or ratio"},
    {"sd", "standard deviation over persons"},
    {"se", "standard error"},
    {"low", "lower end of the interval"},
    {"high", "upper end of the interval"},
    {"confidence", "of the interval"},
    {"statistic", "t or F"},
    {"df", "degrees of freedom"},
    {"p", "two-sided"},
    {"adjusted_p", "after Holm, over the table and construct"},
    {"method", "estimator of the number and of its interval"},
    {"text", "words that belong to the number"},
};

}  // namespace

std::span<const CodebookEntry> ReportCodebook() { return kEntries; }

}  // namespace trellis
