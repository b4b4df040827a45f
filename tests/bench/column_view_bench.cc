// The columns at rest: what they cost beside the commits they follow, and how fast they come back.
#include <fcntl.h>
#include <fmt/format.h>
#include <time.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <thread>

#include "common/record/kind_registry.h"
#include "common/replica/view_rows.h"
#include "common/report/column_scan.h"
#include "common/report/report_view.h"
#include "common/service/report_keeper.h"
#include "tests/bench/open_replica.h"
#include "tests/bench/recording_engine.h"
#include "tests/bench/report_bench.h"
#include "tests/bench/report_rows.h"
#include "tests/bench/survey_records.h"
#include "tests/bench/workload.h"
#include "trellis/domain/v1/response.pb.h"

namespace trellis {
namespace {

constexpr size_t kResponses = 416'667;
constexpr size_t kSites = 50;
constexpr char kSite[] = "S0001";

domain::v1::Survey BenchSurvey() {
  domain::v1::Survey survey;
  survey.set_code("S");
  for (int slot = 1; slot <= kBenchQuestions; ++slot) {
    auto* question = survey.add_questions();
    question->set_slot(slot);
    question->set_code(fmt::format("Q{}", slot));
    question->set_form(domain::v1::QUESTION_FORM_SINGLE_CHOICE);
    for (int value = 1; value <= 5; ++value) question->add_choices()->set_value(value);
  }
  return survey;
}

void ApplySurveyAndWave(ReportView* view) {
  RecordId id;
  id.bytes[0] = 1;
  Check(view->Apply("shared", id, "Survey", BenchSurvey().SerializeAsString()));
  domain::v1::Wave wave;
  wave.set_code("W");
  wave.set_survey("S");
  id.bytes[0] = 2;
  Check(view->Apply("shared", id, "Wave", wave.SerializeAsString()));
}

// The rows in which the columns of 10 M answers from 50 sites rest.
ViewChange RowsOfTenMillion() {
  ReportView view;
  ApplySurveyAndWave(&view);
  size_t i = 0;
  ForEachBenchRow(kResponses, [&](const ResponseRow& row) {
    domain::v1::Response response;
    response.set_survey("S");
    response.set_wave("W");
    response.set_role(row.attributes[0]);
    response.set_grade_band(row.attributes[1]);
    response.set_years_band(row.attributes[2]);
    for (uint8_t answer : row.answers) response.add_answers(answer);
    Check(view.Apply(fmt::format("site{}", i++ % kSites), row.identity.id, "Response",
                     response.SerializeAsString()));
  });
  ViewRowChanges changes = view.Changes();
  return {{}, std::move(changes.rows)};
}

std::vector<std::string> FilesIn(const std::string& folder) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  return files;
}

// The system's copies of the files in memory go.
void Forget(const std::string& folder) {
  for (const std::string& file : FilesIn(folder)) {
    const int fd = open(file.c_str(), O_RDONLY);
    if (fd < 0) continue;
    fsync(fd);
    posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    close(fd);
  }
}

size_t ReadPlainly(const std::string& folder) {
  std::vector<char> buffer(1 << 20);
  size_t bytes = 0;
  for (const std::string& file : FilesIn(folder)) {
    const int fd = open(file.c_str(), O_RDONLY);
    if (fd < 0) continue;
    for (ssize_t n = 0; (n = read(fd, buffer.data(), buffer.size())) > 0;) bytes += static_cast<size_t>(n);
    close(fd);
  }
  return bytes;
}

size_t TakeUpAndCount(Replica* replica) {
  ReportView view;
  ApplySurveyAndWave(&view);
  absl::Status taken;
  Check(ViewRowsOf(replica)->ScanViewRows("g", [&](std::string_view key, std::string_view row) {
    taken = view.Restore(key, row);
    return taken.ok();
  }));
  Check(taken);
  Check(view.FinishRestore());
  size_t rows = 0;
  const ScanScope by_role{{"role"}, std::nullopt};
  for (const WaveResponses& responses : view.Input({}, {}).responses) {
    for (const auto& [role, counts] : CountAnswers(*responses.columns, by_role)) rows += counts.rows;
  }
  return rows;
}

double CpuSeconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// A store that takes writes, with the columns kept beside them or not.
class WrittenStore {
 public:
  explicit WrittenStore(bool with_view) : engine_(OpenFreshEngine(folder_.path())) {
    replica_ = OpenReplica(engine_.get());
    WriteSurveys(replica_.get(), kSite);
    if (!with_view) return;
    RecordStore store;
    store.replica = replica_.get();
    store.kinds = &KindRegistry::BuiltIn();
    store.clock = &clock_;
    store.own_site = kSite;
    completeness_ = std::make_unique<OwnCompleteness>(kSite, replica_.get(), &clock_, [] { return false; });
    host_ = std::make_unique<ReportHost>(store, completeness_.get());
    Check(host_->CatchUp());
    keeper_ = std::make_unique<ReportKeeper>(replica_.get(), host_.get());
  }
  ~WrittenStore() { Rest(); }
  Replica* replica() const { return replica_.get(); }
  // Everything taken in and at rest.
  void Rest() {
    if (keeper_ == nullptr) return;
    keeper_->Stop();
    Check(host_->CatchUp());
    Check(host_->Checkpoint());
    keeper_.reset();
  }

 private:
  TemporaryFolder folder_;
  SystemClock clock_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<Replica> replica_;
  std::unique_ptr<OwnCompleteness> completeness_;
  std::unique_ptr<ReportHost> host_;
  std::unique_ptr<ReportKeeper> keeper_;
};

struct Cost {
  double wall = 0;
  double cpu = 0;  // of all threads, until the view is at rest
};

Cost WriteInto(bool with_view, const std::vector<RecordWrite>& writes, size_t batch) {
  WrittenStore store(with_view);
  const double cpu = CpuSeconds();
  Cost cost;
  cost.wall = Seconds([&] { WriteAll(store.replica(), writes, batch); });
  store.Rest();
  cost.cpu = CpuSeconds() - cpu;
  return cost;
}

Figure ViewCost(const char* name, size_t count, size_t batch) {
  constexpr int kRounds = 5;
  const std::vector<RecordWrite> writes = MakeWorkload(kSite, count, 3);
  Cost with{1e9, 1e9};
  Cost without{1e9, 1e9};
  for (int round = 0; round < kRounds; ++round) {
    for (const bool with_view : {round % 2 == 0, round % 2 != 0}) {
      const Cost cost = WriteInto(with_view, writes, batch);
      Cost& best = with_view ? with : without;
      best = {std::min(best.wall, cost.wall), std::min(best.cpu, cost.cpu)};
    }
  }
  const auto records = static_cast<double>(count);
  return {name,
          1e6 * with.wall / records,
          "us/record",
          1e6 * without.wall / records,
          "without columns:",
          fmt::format("processor {:.1f} us/record, without {:.1f}; goal 1.10", 1e6 * with.cpu / records,
                      1e6 * without.cpu / records)};
}

}  // namespace

void AddColdColumns(std::vector<Figure>* figures) {
  const TemporaryFolder folder;
  size_t row_bytes = 0;
  {
    const std::unique_ptr<Engine> engine = OpenFreshEngine(folder.path());
    const std::unique_ptr<Replica> replica = OpenReplica(engine.get());
    const ViewChange rows = RowsOfTenMillion();
    for (const auto& [key, row] : rows.rows) row_bytes += key.size() + (row ? row->size() : 0);
    Check(ViewRowsOf(replica.get())->WriteViewRows(replica->epoch(), rows));
    Check(replica->PutMeta("bench", ""));
  }
  { const std::unique_ptr<Engine> engine = OpenFreshEngine(folder.path()); }  // the log becomes tables
  Forget(folder.path());
  size_t bytes = 0;
  const double plain_ms = 1000 * Seconds([&] { bytes = ReadPlainly(folder.path()); });
  const std::unique_ptr<Engine> engine = OpenFreshEngine(folder.path());
  const std::unique_ptr<Replica> replica = OpenReplica(engine.get());
  double cold_ms = 1e9;
  for (int i = 0; i < 3; ++i) {
    Forget(folder.path());
    cold_ms = std::min(cold_ms, 1000 * Seconds([&] {
                                  if (TakeUpAndCount(replica.get()) != kResponses)
                                    Check(absl::DataLossError("not every response came back"));
                                }));
  }
  figures->push_back({"10 M answers by role, cold from disk", cold_ms, "ms", plain_ms,
                      "a plain read of the files:",
                      fmt::format("{:.1f} MB of rows, {:.1f} MB of files; all ids indexed",
                                  static_cast<double>(row_bytes) / 1e6, static_cast<double>(bytes) / 1e6)});
}

void AddViewCost(std::vector<Figure>* figures) {
  figures->push_back(ViewCost("a write kept in columns, one at a time", 2'000, 1));
  figures->push_back(ViewCost("a write kept in columns, batches of 100", 20'000, 100));
}

}  // namespace trellis
