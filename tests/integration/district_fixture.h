// A district in one process: a real server, real daemons, real sockets and stores, in a folder that goes
// away.
#pragma once

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "client/daemon_app.h"
#include "server/server_app.h"
#include "trellis/admin/v1/admin.grpc.pb.h"
#include "trellis/records/v1/records.grpc.pb.h"

namespace trellis {

// Calls one end's API.
struct Caller {
  std::shared_ptr<grpc::Channel> channel;
  std::string token;  // empty: none is sent

  std::unique_ptr<grpc::ClientContext> Context() const;
  // Asserts that the call goes well unless said otherwise.
  trellis::admin::v1::GetSyncStatusResponse SyncStatus() const;
  grpc::Status SyncNow(int seconds = 20) const;
  // Scope -> digest.
  std::map<std::string, std::string> Digests() const;
  size_t SetAsides() const;
  // An action step in the shared scope; its id.
  std::string CreateStep(const std::string& code, const std::string& title) const;
  void SetStep(const std::string& code,
               const std::function<void(trellis::records::v1::UpdateRecordRequest*)>& fill) const;
  void SetTitle(const std::string& code, const std::string& title) const;
  // "" if there is no such record here.
  std::string TitleOf(const std::string& code) const;
  size_t CountSteps() const;
};

class DistrictFixture : public ::testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  std::string Path(const std::string& name) const { return folder_ / name; }
  void StartServer(const std::string& data = "server");
  void StopServer() { server_.reset(); }
  Caller Server() const;
  // Opens a site and answers its joining code.
  std::string AddSite(const std::string& site);
  // Joins and serves; `port`: where sync goes, 0: straight to the server.
  void StartSite(const std::string& site, uint16_t port = 0);
  void Serve(const std::string& site);
  void StopSite(const std::string& site) { daemons_.erase(site); }
  Caller Site(const std::string& site) const;

  // True as soon as it holds; false if it does not within a generous time.
  static bool Eventually(const std::function<bool()>& holds);

  std::filesystem::path folder_;
  uint16_t sync_port_ = 0;
  uint16_t join_port_ = 0;
  uint16_t api_port_ = 0;
  bool one_port_ = false;  // joining and the API at sync_port_
  int catching_up_at_once_ = AdmissionQueue::kPlaces;
  std::string proxy_;    // of daemons that join or serve from now on
  Keepalive keepalive_;  // likewise
  std::unique_ptr<ServerApp> server_;
  std::map<std::string, std::unique_ptr<DaemonApp>> daemons_;
};

}  // namespace trellis
