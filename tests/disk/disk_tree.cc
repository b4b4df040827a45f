#include "tests/disk/disk_tree.h"

#include <algorithm>

namespace trellis {
namespace {

using Copies = std::map<const DiskNode*, std::shared_ptr<DiskNode>>;

size_t Kept(size_t count, Survival survival, SeededRandom* random) {
  switch (survival) {
    case Survival::kNothing:
      return 0;
    case Survival::kEverything:
      return count;
    case Survival::kTorn:
      break;
  }
  return random->Below(count + 1);
}

void Overwrite(std::string* bytes, size_t offset, std::string_view with) {
  if (bytes->size() < offset + with.size()) bytes->resize(offset + with.size());
  bytes->replace(offset, with.size(), with);
}

void Detach(DiskNode* file) {
  if (file->bytes.use_count() > 1) file->bytes = std::make_shared<std::string>(*file->bytes);
}

std::shared_ptr<std::string> SurvivingBytes(const DiskNode& file, Survival survival, SeededRandom* random) {
  if (file.before != nullptr) {
    // Writes in place reach the disk in any order, each whole or in part.
    auto bytes = std::make_shared<std::string>(*file.before);
    for (const DiskNode::InPlaceWrite& write : file.in_place) {
      const size_t kept = Kept(write.bytes.size(), survival, random);
      if (kept > 0) Overwrite(bytes.get(), write.offset, std::string_view(write.bytes).substr(0, kept));
    }
    return bytes;
  }
  const size_t kept = file.synced + Kept(file.bytes->size() - file.synced, survival, random);
  if (kept == file.bytes->size()) return file.bytes;
  return std::make_shared<std::string>(file.bytes->substr(0, kept));
}

std::shared_ptr<DiskNode> Surviving(const DiskNode& node, Survival survival, SeededRandom* random,
                                    Copies* copies) {
  std::shared_ptr<DiskNode>& copy = (*copies)[&node];
  if (copy != nullptr) return copy;
  copy = std::make_shared<DiskNode>();
  const std::shared_ptr<DiskNode> result = copy;
  result->is_folder = node.is_folder;
  if (!node.is_folder) {
    result->bytes = SurvivingBytes(node, survival, random);
    result->synced = result->bytes->size();
    return result;
  }
  DiskNode::Entries entries = node.durable;
  const size_t kept = Kept(node.changes.size(), survival, random);
  for (size_t i = 0; i < kept; ++i) {
    const DiskNode::NameChange& change = node.changes[i];
    if (change.removed.has_value()) entries.erase(*change.removed);
    if (change.added.has_value()) entries[*change.added] = change.node;
  }
  for (const auto& [name, child] : entries)
    result->entries[name] = Surviving(*child, survival, random, copies);
  result->durable = result->entries;
  return result;
}

void Visit(const DiskNode& node, const std::string& path, std::map<std::string, std::string>* content) {
  if (!node.is_folder) (*content)[path] = *node.bytes;
  for (const auto& [name, child] : node.entries) Visit(*child, path + "/" + name, content);
}

}  // namespace

DiskTree::DiskTree() : root_(std::make_shared<DiskNode>()) { root_->is_folder = true; }

std::shared_ptr<DiskNode> DiskTree::Find(const std::string& path) const {
  std::shared_ptr<DiskNode> node = root_;
  for (size_t at = 0; at < path.size() && node != nullptr;) {
    const size_t end = std::min(path.find('/', at), path.size());
    if (end > at) {
      const auto it = node->entries.find(path.substr(at, end - at));
      node = it == node->entries.end() ? nullptr : it->second;
    }
    at = end + 1;
  }
  return node;
}

std::shared_ptr<DiskNode> DiskTree::FolderOf(const std::string& path, std::string* name) const {
  const size_t slash = path.rfind('/');
  *name = path.substr(slash + 1);
  std::shared_ptr<DiskNode> folder = Find(path.substr(0, slash));
  return folder != nullptr && folder->is_folder ? folder : nullptr;
}

bool DiskTree::Link(const std::string& path, std::shared_ptr<DiskNode> node) {
  std::string name;
  const std::shared_ptr<DiskNode> folder = FolderOf(path, &name);
  if (folder == nullptr) return false;
  folder->entries[name] = node;
  folder->changes.push_back({std::nullopt, name, std::move(node)});
  return true;
}

bool DiskTree::Unlink(const std::string& path) {
  std::string name;
  const std::shared_ptr<DiskNode> folder = FolderOf(path, &name);
  if (folder == nullptr || folder->entries.erase(name) == 0) return false;
  folder->changes.push_back({name, std::nullopt, nullptr});
  return true;
}

bool DiskTree::Rename(const std::string& from, const std::string& to) {
  std::string old_name;
  std::string new_name;
  const std::shared_ptr<DiskNode> folder = FolderOf(from, &old_name);
  if (folder == nullptr || FolderOf(to, &new_name) != folder) return false;
  const auto it = folder->entries.find(old_name);
  if (it == folder->entries.end()) return false;
  std::shared_ptr<DiskNode> node = it->second;
  folder->entries.erase(it);
  folder->entries[new_name] = node;
  folder->changes.push_back({old_name, new_name, std::move(node)});
  return true;
}

void DiskTree::Append(DiskNode* file, std::string_view bytes) {
  Detach(file);
  file->bytes->append(bytes);
}

void DiskTree::WriteAt(DiskNode* file, size_t offset, std::string_view bytes) {
  if (file->before == nullptr)
    file->before = std::make_shared<std::string>(file->bytes->substr(0, file->synced));
  Detach(file);
  Overwrite(file->bytes.get(), offset, bytes);
  file->in_place.push_back({offset, std::string(bytes)});
}

void DiskTree::Truncate(DiskNode* file, size_t size) {
  Detach(file);
  file->bytes->resize(size);
  file->synced = std::min(file->synced, size);
}

void DiskTree::Sync(DiskNode* node) {
  node->synced = node->bytes->size();
  node->in_place.clear();
  node->before.reset();
  if (!node->is_folder) return;
  node->durable = node->entries;
  node->changes.clear();
}

DiskTree DiskTree::AfterPowerLoss(Survival survival, SeededRandom* random) const {
  Copies copies;
  DiskTree tree;
  tree.root_ = Surviving(*root_, survival, random, &copies);
  return tree;
}

std::map<std::string, std::string> DiskTree::Content() const {
  std::map<std::string, std::string> content;
  Visit(*root_, "", &content);
  return content;
}

std::vector<std::string> DiskTree::Files() const {
  std::vector<std::string> files;
  for (const auto& [path, bytes] : Content()) files.push_back(path);
  return files;
}

uint64_t DiskTree::Used() const {
  uint64_t used = 0;
  std::vector<const DiskNode*> ahead = {root_.get()};
  while (!ahead.empty()) {
    const DiskNode* node = ahead.back();
    ahead.pop_back();
    used += node->bytes->size();
    for (const auto& [name, child] : node->entries) ahead.push_back(child.get());
  }
  return used;
}

}  // namespace trellis
