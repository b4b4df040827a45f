// Keeps the view of a ReportHost near the head after each commit, and at rest in the store, with a thread of
// its own: so a report finds little left to do, and a start does not read every response again.
//
// A store nobody asks for reports keeps no view: it begins with the first report, or at the start of a
// program whose store holds one already.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

#include "common/replica/replica.h"
#include "common/service/report_host.h"

namespace trellis {

// Thread-safe.
class ReportKeeper {
 public:
  // Both must outlive it.
  ReportKeeper(Replica* replica, ReportHost* host);
  // Ends the thread and writes what is not at rest yet.
  ~ReportKeeper();

  // Calls catch-up and checkpoint no more; what is under way ends first. The destructor does it too.
  void Stop();

 private:
  void Run();
  // Whether there was a commit since the thread last looked.
  bool WaitForAPause(std::unique_lock<std::mutex>* lock);

  Replica* const replica_;
  ReportHost* const host_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool committed_ = false;  // since the thread last looked
  bool stopping_ = false;
  uint64_t listener_ = 0;
  std::thread thread_;
};

}  // namespace trellis
