// What a benchmark found, beside its ceiling.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace trellis {

struct Figure {
  std::string name;
  double value = 0;
  std::string unit;               // such as records/s, B/record
  std::optional<double> ceiling;  // in the same unit; nullopt: none applies
  std::string ceiling_name;
  std::string note;
};

using Bench = std::function<std::vector<Figure>()>;

void PrintFigures(const std::vector<Figure>& figures, bool json);

// Seconds `work` took.
double Seconds(const std::function<void()>& work);

// A fresh folder below the temporary directory, removed with the object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::vector<Figure> BenchWrites();
std::vector<Figure> BenchPush();
std::vector<Figure> BenchPull();
std::vector<Figure> BenchCut();
std::vector<Figure> BenchReport();
std::vector<Figure> BenchMemory();
std::vector<Figure> BenchLink();
std::vector<Figure> BenchFiles();
// REQUIRES: the programs stand beside this one.
std::vector<Figure> BenchPrograms();

// The body of a child process of BenchMemory: opens the store and prints "<VmRSS KiB> <RssAnon KiB>".
int RunMemoryChild(const std::string& folder);
// The body of a child process of BenchLink: a server with the keys in `folder`; prints "<pid> <port>" and
// serves until a file `stop` stands there.
int RunLinkChild(const std::string& folder);

}  // namespace trellis
