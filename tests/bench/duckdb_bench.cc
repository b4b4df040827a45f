// DuckDB on the same answers, through its C interface, found at run time: it is no part of the build.
#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "common/report/column_scan.h"
#include "tests/bench/report_bench.h"
#include "tests/bench/report_rows.h"
#include "tests/bench/workload.h"

namespace trellis {
namespace {

constexpr size_t kResponses = 416'667;

class DuckDb {
 public:
  explicit DuckDb(const char* path) : library_(dlopen(path, RTLD_NOW | RTLD_LOCAL)) {
    if (library_ == nullptr) Check(absl::NotFoundError(dlerror()));
    Must(Call<int(const char*, void**)>("duckdb_open")(nullptr, &database_), "open");
    Must(Call<int(void*, void**)>("duckdb_connect")(database_, &connection_), "connect");
  }
  ~DuckDb() {
    Call<void(void**)>("duckdb_disconnect")(&connection_);
    Call<void(void**)>("duckdb_close")(&database_);
  }
  DuckDb(const DuckDb&) = delete;
  DuckDb& operator=(const DuckDb&) = delete;

  std::string version() const { return Call<const char*()>("duckdb_library_version")(); }

  // The value in the first row and column.
  int64_t Query(const std::string& sql) const {
    alignas(16) char result[512] = {};  // duckdb_result, of which only DuckDB knows the fields
    Must(Call<int(void*, const char*, void*)>("duckdb_query")(connection_, sql.c_str(), result), sql);
    const int64_t value = Call<int64_t(void*, uint64_t, uint64_t)>("duckdb_value_int64")(result, 0, 0);
    Call<void(void*)>("duckdb_destroy_result")(result);
    return value;
  }

  // Fills table r (role, q1 … q24), all small numbers.
  void Fill() const {
    void* appender = nullptr;
    Must(Call<int(void*, const char*, const char*, void**)>("duckdb_appender_create")(connection_, nullptr,
                                                                                      "r", &appender),
         "append");
    const auto append = Call<int(void*, uint8_t)>("duckdb_append_uint8");
    const auto end = Call<int(void*)>("duckdb_appender_end_row");
    ForEachBenchRow(kResponses, [&](const ResponseRow& row) {
      const auto& roles = BenchRoles();
      append(appender,
             static_cast<uint8_t>(std::find(roles.begin(), roles.end(), row.attributes[0]) - roles.begin()));
      for (uint8_t answer : row.answers) append(appender, answer);
      end(appender);
    });
    Must(Call<int(void**)>("duckdb_appender_destroy")(&appender), "append");
  }

 private:
  template <typename Function>
  Function* Call(const char* name) const {
    auto* function = reinterpret_cast<Function*>(dlsym(library_, name));
    if (function == nullptr) Check(absl::NotFoundError(dlerror()));
    return function;
  }
  static void Must(int state, const std::string& what) {
    if (state != 0) Check(absl::InternalError(fmt::format("DuckDB refused: {}", what)));
  }

  void* library_;
  void* database_ = nullptr;
  void* connection_ = nullptr;
};

}  // namespace

void AddDuckDb(std::vector<Figure>* figures) {
  const char* path = std::getenv("TRELLIS_DUCKDB");
  if (path == nullptr) return;
  const DuckDb duck(path);
  std::string columns = "role UTINYINT";
  std::string by_question;
  std::string rows;
  for (int q = 1; q <= kBenchQuestions; ++q) {
    columns += fmt::format(", q{} UTINYINT", q);
    const char* all = q == 1 ? "" : " UNION ALL ";
    by_question += fmt::format(
        "{}SELECT {} AS question, role, q{} AS answer, count(*) AS n FROM r GROUP BY ALL", all, q, q);
    rows += fmt::format("{}SELECT {}::UTINYINT AS question, role, q{} AS answer FROM r", all, q, q);
  }
  duck.Query(fmt::format("CREATE TABLE r ({})", columns));
  duck.Fill();
  duck.Query(fmt::format("CREATE TABLE answers AS {}", rows));
  const std::string of_rows = "SELECT question, role, answer, count(*) AS n FROM answers GROUP BY ALL";
  for (const std::string& query : {by_question, of_rows}) {
    const int64_t counted = duck.Query(fmt::format("SELECT sum(n)::BIGINT FROM ({})", query));
    if (counted != static_cast<int64_t>(kResponses * kBenchQuestions)) {
      Check(absl::InternalError("DuckDB counted other answers"));
    }
  }
  const ResponseColumns ours = MakeBenchColumns(kResponses);
  const ScanScope by_role{{"role"}, std::nullopt};
  for (const int threads : {1, 2}) {
    duck.Query(fmt::format("SET threads = {}", threads));
    double best = 1e9;
    for (const std::string& query : {by_question, of_rows}) {
      best = std::min(best, 1000 * BestSeconds(5, [&] { duck.Query(query); }));
    }
    const double ours_ms = 1000 * BestSeconds(15, [&] { CountAnswers(ours, by_role); });
    figures->push_back({fmt::format("10 M answers by role, DuckDB {}, {} thread(s)", duck.version(), threads),
                        best, "ms", ours_ms,
                        "ours in the same run:", "the faster of a column a question and a row an answer"});
  }
}

}  // namespace trellis
