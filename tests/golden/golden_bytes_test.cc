// What ends say to each other and what is carried in files: bytes of every protocol and file version ever
// released stay readable, and what is written stays what it is. Whoever changes them raises the version
// (CONTRIBUTING.md); TRELLIS_WRITE_GOLDEN=1 then writes the files of the new one, and never over what is
// there.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "absl/strings/escaping.h"
#include "common/bundle/bundle.h"
#include "common/replica/anchor.h"
#include "common/wire/messages_codec.h"
#include "tests/unit/bundle/district.h"

namespace trellis {
namespace {

std::string Folder() { return TRELLIS_GOLDEN_FOLDER; }
bool Writing() { return std::getenv("TRELLIS_WRITE_GOLDEN") != nullptr; }

std::string ReadBytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

void WriteOnce(const std::string& path, const std::string& bytes) {
  if (!Writing() || std::filesystem::exists(path)) return;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

std::string Hex(const std::string& bytes) { return absl::BytesToHexString(bytes); }
std::string Unhex(const std::string& hex) { return absl::HexStringToBytes(hex); }

RecordId Id(uint8_t n) {
  RecordId id;
  id.bytes.fill(n);
  return id;
}

ScopeOpening Opening() {
  ScopeOpening opening;
  opening.scope = "F1";
  opening.lineage = {{0x1111, 1}, {0x2222, 40}};
  opening.head = 57;
  opening.cursors = {{0x3333, 1, 10, 12}, {0x3333, 3, 12, 12}};
  opening.guessed = {{0x2222, 3, 50, 50}};
  opening.reconcile = true;
  return opening;
}

struct Said {
  Direction direction;
  SyncMessage message;
};

std::map<std::string, Said> Messages() {
  Hello hello;
  hello.protocol = hello.oldest_protocol = 2;  // the values of this golden file, whatever is spoken by now
  hello.software = "trellisd 0.1.0";
  hello.store = "oak";
  hello.boot = 0x2222;
  hello.wall_ms = 1'790'000'000'000;
  hello.credit_bytes = 65536;
  hello.dictionaries = {7};
  hello.scopes = {Opening()};
  Welcome welcome;
  welcome.protocol = 2;
  welcome.software = "trellis-server 0.1.0";
  welcome.store = "district";
  welcome.boot = 0x3333;
  welcome.wall_ms = 1'790'000'000'500;
  welcome.credit_bytes = 65536;
  welcome.dictionary = 7;
  welcome.durability_horizon_ms = 1'780'000'000'000;
  welcome.notices = {"a notice"};
  welcome.scopes = {Opening()};
  const Frame frame{"F1", 3, 0x2222, 50, 57, true, 2, 1, "body", 57, true};
  Ack ack{4, "F1", 3, 0x2222, 57, {}, {{Id(2), "why"}}, 1'780'000'000'000, 0};
  Ack nack{5, "F1", 3, 0x2222, 57, {Id(1)}, {}, 0, 4000};
  AtHead head{"F1", 0x2222, 57, true, 12, 30, {1, 2}, {Id(2)}, {3, 4}};
  Versions versions{"F1", 9, {{Id(1), {5, 6}}}, true};
  return {{"hello", {Direction::kUp, hello}},
          {"welcome", {Direction::kDown, welcome}},
          {"frame_up", {Direction::kUp, frame}},
          {"frame_down", {Direction::kDown, frame}},
          {"ack", {Direction::kDown, ack}},
          {"nack", {Direction::kUp, nack}},
          {"at_head", {Direction::kUp, head}},
          {"narrow", {Direction::kUp, Narrow{"F1", {{9, 3, {7, 8}}}}}},
          {"versions", {Direction::kDown, versions}},
          {"repair", {Direction::kDown, Repair{"F1", "states", 3}}},
          {"repair_ack", {Direction::kUp, RepairAck{3, "F1"}}},
          {"bye", {Direction::kDown, Bye{"words", 1000, true}}},
          {"receipt", {Direction::kDown, Receipt{"F1", "statement", "signature"}}}};
}

Bundle Contents() {
  Bundle bundle;
  bundle.district = kTestDistrict;
  bundle.site = "oak";
  bundle.id = std::string(kBundleIdBytes, 'i');
  bundle.reply_key = std::string(32, 'k');
  bundle.wall_ms = kTestNowMs;
  bundle.assumptions = {{"F1", 0x3333, 12}};
  for (const std::string name : {"hello", "frame_up", "at_head"})
    bundle.messages.push_back(Messages().at(name).message);
  return bundle;
}

// "name hex" a line.
std::map<std::string, std::string> ReadLines(const std::string& path) {
  std::map<std::string, std::string> lines;
  std::ifstream file(path);
  for (std::string name, hex; file >> name >> hex;) lines[name] = hex;
  return lines;
}

TEST(GoldenBytes, MessagesOfEachProtocol_AreWrittenAndReadAsEver) {
  static_assert(kOldestSyncProtocolVersion == 2 && kSyncProtocolVersion == 2,
                "the protocol changed: write its golden messages beside the old, and read both here");
  const std::string path = Folder() + "/protocol-2.txt";
  std::string written;
  for (const auto& [name, said] : Messages()) {
    written += fmt::format("{} {}\n", name, Hex(EncodeMessage(said.message, said.direction)));
  }
  WriteOnce(path, written);
  EXPECT_EQ(ReadBytes(path), written) << "the bytes changed and the protocol's version did not";
  const std::map<std::string, std::string> lines = ReadLines(path);
  for (const auto& [name, said] : Messages()) {
    SCOPED_TRACE(name);
    ASSERT_TRUE(lines.contains(name));
    const absl::StatusOr<SyncMessage> read = DecodeMessage(Unhex(lines.at(name)), said.direction);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_TRUE(*read == said.message);
  }
}

TEST(GoldenBytes, BundlesContentsAndAnchors_AreWrittenAndReadAsEver) {
  const AnchorState anchor{0x2222, 57, {"000004.log", "000007.log"}};
  const std::string path = Folder() + "/files-1.txt";
  const std::string written = fmt::format("anchor_slot {}\nbundle_contents {}\n",
                                          Hex(EncodeAnchorSlot(anchor)), Hex(EncodeBundle(Contents())));
  WriteOnce(path, written);
  EXPECT_EQ(ReadBytes(path), written) << "the bytes changed and the file's version did not";
  const std::map<std::string, std::string> lines = ReadLines(path);
  EXPECT_EQ(DecodeAnchorSlot(Unhex(lines.at("anchor_slot"))), anchor);
  const absl::StatusOr<Bundle> bundle =
      DecodeBundle(Unhex(lines.at("bundle_contents")), BundleDirection::kUp);
  ASSERT_TRUE(bundle.ok()) << bundle.status();
  EXPECT_TRUE(*bundle == Contents());
}

// A whole bundle as a site sealed it, with the keys that open it.
TEST(GoldenBytes, SealedBundle_IsOpenedAsEver) {
  const std::string folder = Folder() + "/bundle-1";
  if (Writing() && !std::filesystem::exists(folder)) {
    TestDistrict district;
    TestSite oak("oak", 10, district.authority, district.keys.public_key);
    WriteOnce(folder + "/oak.bundle",
              *WriteBundleFile(Contents(), district.keys.public_key, oak.options.signer));
    WriteOnce(folder + "/district.key", Hex(district.keys.secret_key));
    WriteOnce(folder + "/authority.pem", district.authority.certificate_pem());
  }
  const auto keys = SealKeysOf(Unhex(ReadBytes(folder + "/district.key")));
  ASSERT_TRUE(keys.ok()) << keys.status();
  const auto opened = ReadBundleFile(ReadBytes(folder + "/oak.bundle"), BundleDirection::kUp, *keys,
                                     ReadBytes(folder + "/authority.pem"));
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_TRUE(opened->bundle == Contents());
}

TEST(GoldenBytes, FilesOfAVersionNotKnown_AreRefusedInWords) {
  std::string file = ReadBytes(Folder() + "/bundle-1/oak.bundle");
  ASSERT_GT(file.size(), 9u);
  file[8] = 2;  // the version, behind the magic
  const absl::Status newer = ReadBundleFile(file, BundleDirection::kUp, MakeSealKeys(), "").status();
  EXPECT_NE(std::string(newer.message()).find("newer version"), std::string::npos) << newer;
  std::string contents = EncodeBundle(Contents());
  contents[0] = 2;
  const absl::Status newer_contents = DecodeBundle(contents, BundleDirection::kUp).status();
  EXPECT_NE(std::string(newer_contents.message()).find("newer version"), std::string::npos) << newer_contents;
}

}  // namespace
}  // namespace trellis
