// What stands on a disk that forgets: files and folders as programs see them, and what of it would be there
// after the power failed now. Bytes are durable once their file was synced, names once their folder was;
// closing a file syncs nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/time/random.h"

namespace trellis {

// What becomes of bytes and names never synced. kTorn: a prefix of random length of each.
enum class Survival { kNothing, kTorn, kEverything };

struct DiskNode {
  struct NameChange {
    std::optional<std::string> removed;
    std::optional<std::string> added;
    std::shared_ptr<DiskNode> node;  // under the name added
  };
  struct InPlaceWrite {
    size_t offset;
    std::string bytes;
  };
  using Entries = std::map<std::string, std::shared_ptr<DiskNode>>;

  bool is_folder = false;
  // Of a file.
  std::shared_ptr<std::string> bytes =
      std::make_shared<std::string>();  // copied before it is changed if shared
  size_t synced = 0;                    // so many of them are durable
  std::vector<InPlaceWrite> in_place;   // since the last sync, undone by `before`
  std::shared_ptr<std::string> before;  // the bytes before `in_place`
  // Of a folder.
  Entries entries;
  Entries durable;
  std::vector<NameChange> changes;  // since the last sync, oldest first
};

// Not thread-safe. Paths are absolute.
class DiskTree {
 public:
  DiskTree();

  std::shared_ptr<DiskNode> Find(const std::string& path) const;
  // Replaces what had the name. False if there is no such folder.
  bool Link(const std::string& path, std::shared_ptr<DiskNode> node);
  bool Unlink(const std::string& path);
  // Both names in one folder.
  bool Rename(const std::string& from, const std::string& to);

  static void Append(DiskNode* file, std::string_view bytes);
  static void WriteAt(DiskNode* file, size_t offset, std::string_view bytes);
  static void Truncate(DiskNode* file, size_t size);
  static void Sync(DiskNode* node);

  // A tree of its own with all that survives, durable.
  DiskTree AfterPowerLoss(Survival survival, SeededRandom* random) const;
  // Paths of the files, in order.
  std::vector<std::string> Files() const;
  // Bytes of all files.
  uint64_t Used() const;
  // Every path with its bytes: two trees with the same content are the same to programs.
  std::map<std::string, std::string> Content() const;

 private:
  std::shared_ptr<DiskNode> FolderOf(const std::string& path, std::string* name) const;

  std::shared_ptr<DiskNode> root_;
};

}  // namespace trellis
