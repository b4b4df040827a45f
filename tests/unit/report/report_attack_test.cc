// A reader who has every table of a wave, by every breakdown, site and report, and solves for what is hidden:
// the numbers of persons in the finest groups are the unknowns, every shown number is an equation. Nothing of
// how tables are hidden is used here.
//
// TRELLIS_ATTACK_ROUNDS: how many made-up waves to attack; a few unless given.
#include <gtest/gtest.h>

#include <coin/ClpSimplex.hpp>
#include <coin/CoinPackedMatrix.hpp>
#include <cstdlib>
#include <optional>
#include <random>
#include <set>

#include "tests/unit/report/district_fixture.h"

namespace trellis {
namespace {

constexpr int64_t kMinN = 10;
const std::vector<std::string> kAttributes{"site", "role", "years_band"};
const std::vector<std::vector<std::string>> kValues{
    {"A", "B", "C"}, {"aide", "coach", "teacher"}, {"0-5", "6+"}};

using Margin = std::vector<std::optional<std::string>>;  // by kAttributes; nullopt: all values

struct MadeWave {
  District district;
  std::map<std::vector<std::string>, int> persons;
};

MadeWave Make(uint32_t seed) {
  std::mt19937 random(seed);
  MadeWave made;
  for (const std::string& site : kValues[0]) made.district.AddSchool(site);
  made.district.Put("shared", District::TrustSurvey(1));
  domain::v1::Wave wave = District::TrustWave("W", "2026-09-01");
  auto* finer = wave.add_disaggregation_plan();
  finer->set_code("role-by-years");
  finer->add_attributes("role");
  finer->add_attributes("years_band");
  made.district.Put("shared", wave);
  for (const std::string& site : kValues[0]) {
    for (const std::string& role : kValues[1]) {
      for (const std::string& years : kValues[2]) {
        const int n = static_cast<int>(random() % 3 == 0 ? random() % 10 : random() % 45);
        made.persons[{site, role, years}] = n;
        for (int i = 0; i < n; ++i) {
          auto response = District::MakeResponse("W", {1 + static_cast<int>(random() % 5)}, role);
          response.set_years_band(years);
          made.district.Put(site, response);
        }
      }
    }
  }
  return made;
}

// What is told of a margin: persons; nullopt where it is hidden wherever it stands. Margins without a row are
// told to be nobody.
class Reader {
 public:
  void Read(const Report& report) {
    for (const ReportRow& row : report.rows) {
      Margin margin;
      for (const std::string& attribute : kAttributes) {
        const std::string_view value = row.GroupValue(attribute);
        margin.push_back(value.empty() ? std::nullopt : std::optional<std::string>(value));
      }
      for (const auto& [name, cell] : row.cells) {
        if (name != "mean" && name != "favorable") continue;
        rows_.insert(margin);
        if (cell.n) shown_[margin] = static_cast<double>(*cell.n);
      }
    }
  }

  // The hidden margins that can be told to within fewer than kMinN persons.
  std::vector<Margin> Solve() const {
    std::vector<std::vector<std::string>> atoms{{}};
    for (const auto& values : kValues) {
      std::vector<std::vector<std::string>> longer;
      for (const auto& atom : atoms) {
        for (const std::string& value : values) {
          longer.push_back(atom);
          longer.back().push_back(value);
        }
      }
      atoms = std::move(longer);
    }
    std::vector<int> rows, columns;
    std::vector<double> ones, sums;
    const auto add = [&](const Margin& margin, double n) {
      for (size_t a = 0; a < atoms.size(); ++a) {
        if (!Covers(margin, atoms[a])) continue;
        rows.push_back(static_cast<int>(sums.size()));
        columns.push_back(static_cast<int>(a));
        ones.push_back(1);
      }
      sums.push_back(n);
    };
    for (const auto& [margin, n] : shown_) add(margin, n);
    for (const auto& atom : atoms) {
      const Margin margin(atom.begin(), atom.end());
      if (!rows_.contains(margin)) add(margin, 0);
    }
    CoinPackedMatrix matrix(true, rows.data(), columns.data(), ones.data(),
                            static_cast<CoinBigIndex>(ones.size()));
    matrix.setDimensions(static_cast<int>(sums.size()), static_cast<int>(atoms.size()));
    const std::vector<double> zero(atoms.size(), 0), most(atoms.size(), 1e6);
    ClpSimplex model;
    model.setLogLevel(0);
    model.loadProblem(matrix, zero.data(), most.data(), zero.data(), sums.data(), sums.data());
    std::vector<Margin> solved;
    for (const Margin& margin : rows_) {
      if (shown_.contains(margin)) continue;
      double bound[2] = {0, 0};
      for (const double sign : {1.0, -1.0}) {
        for (size_t a = 0; a < atoms.size(); ++a) {
          model.setObjectiveCoefficient(static_cast<int>(a), Covers(margin, atoms[a]) ? sign : 0);
        }
        model.primal();
        EXPECT_TRUE(model.isProvenOptimal());
        bound[sign < 0] = sign * model.objectiveValue();
      }
      if (bound[1] - bound[0] < static_cast<double>(kMinN) - 1e-6) solved.push_back(margin);
    }
    return solved;
  }

 private:
  static bool Covers(const Margin& margin, const std::vector<std::string>& atom) {
    for (size_t i = 0; i < atom.size(); ++i) {
      if (margin[i] && *margin[i] != atom[i]) return false;
    }
    return true;
  }

  std::set<Margin> rows_;
  std::map<Margin, double> shown_;
};

std::string Text(const Margin& margin) {
  std::string text;
  for (const auto& value : margin) text += value.value_or("*") + " ";
  return text;
}

int64_t PersonsIn(const MadeWave& made, const Margin& margin) {
  int64_t persons = 0;
  for (const auto& [atom, n] : made.persons) {
    bool in = true;
    for (size_t i = 0; i < atom.size(); ++i) in = in && (!margin[i] || *margin[i] == atom[i]);
    persons += in ? n : 0;
  }
  return persons;
}

uint32_t Rounds() {
  const char* asked = std::getenv("TRELLIS_ATTACK_ROUNDS");
  return asked == nullptr ? 25 : static_cast<uint32_t>(std::max(1, std::atoi(asked)));
}

TEST(ReportAttack, NoHiddenGroupCanBeSolvedForFromEveryTableThereIs) {
  for (uint32_t seed = 1; seed <= Rounds(); ++seed) {
    const MadeWave made = Make(seed);
    Reader reader;
    for (const char* report : {"construct-mean", "percent-favorable", "disaggregation"}) {
      for (unsigned mask = 0; mask < 8; ++mask) {
        std::vector<std::string> by;
        for (size_t i = 0; i < kAttributes.size(); ++i) {
          if (mask >> i & 1) by.push_back(kAttributes[i]);
        }
        for (const char* site : {"", "A", "B", "C"}) {
          const auto made_report = made.district.Run(report, {.site = site, .by = by});
          ASSERT_TRUE(made_report.ok()) << made_report.status();
          reader.Read(*made_report);
        }
      }
    }
    for (const Margin& margin : reader.Solve()) {
      if (PersonsIn(made, margin) > 0) ADD_FAILURE() << "seed " << seed << ": " << Text(margin) << "follows";
    }
  }
}

// The attack finds what is hidden badly, so that finding nothing means something.
TEST(ReportAttack, SolvesForAGroupHiddenAlone) {
  const MadeWave made = Make(1);
  Report all, by_site;
  all.rows.push_back({{}, {{"mean", {.value = 3, .n = PersonsIn(made, {{}, {}, {}})}}}});
  for (const std::string& site : kValues[0]) {
    ReportCell cell{.value = 3, .n = PersonsIn(made, {site, {}, {}})};
    by_site.rows.push_back(
        {{{"site", site}}, {{"mean", site == "B" ? ReportCell::Hidden(CellUnit::kNumber) : cell}}});
  }
  // Every finest group has a row, hidden.
  for (const auto& [atom, n] : made.persons) {
    by_site.rows.push_back({{{"site", atom[0]}, {"role", atom[1]}, {"years_band", atom[2]}},
                            {{"mean", ReportCell::Hidden(CellUnit::kNumber)}}});
  }
  Reader reader;
  reader.Read(all);
  reader.Read(by_site);
  const std::vector<Margin> solved = reader.Solve();
  EXPECT_EQ(std::count(solved.begin(), solved.end(), Margin{"B", std::nullopt, std::nullopt}), 1);
}

}  // namespace
}  // namespace trellis
