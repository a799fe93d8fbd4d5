#include "session/files.h"

#include <algorithm>

namespace nacre {

Error file_error(const char* what, const std::string& path, Errno e) {
  return {"fs." + std::string(name(e)), std::string(what) + " " + path + ": " + std::string(message(e)), ""};
}

Expected<std::string> VfsFiles::read(const std::string& path) {
  auto node = vfs_->open(context(), path, kOpenRead, 0);
  if (!node) return file_error("read", path, node.error());
  auto st = vfs_->stat(*node);
  if (st && st->is_dir()) return file_error("read", path, Errno::ISDIR);
  if (st && !st->is_regular()) return file_error("read", path, Errno::INVAL);
  std::string out;
  std::vector<char> buffer(65536);
  while (true) {
    auto n = node->fs->read(node->id, out.size(), buffer);
    if (!n) return file_error("read", path, n.error());
    if (*n == 0) return out;
    out.append(buffer.data(), *n);
  }
}

Expected<bool> VfsFiles::make_dir(const std::string& path) {
  for (size_t at = 1; at != path.npos;) {
    at = path.find('/', at);
    std::string part = path.substr(0, at);
    if (at != path.npos) at++;
    if (part.empty() || part == "/") continue;
    auto made = vfs_->mkdir(context(), part, 0777);
    if (!made && made.error() != Errno::EXIST) return file_error("mkdir", part, made.error());
  }
  return true;
}

Expected<bool> VfsFiles::write(const std::string& path, std::string_view content, uint32_t mode) {
  if (size_t slash = path.rfind('/'); slash != path.npos && slash > 0) {
    if (auto made = make_dir(path.substr(0, slash)); !made) return made.error();
  }
  auto node = vfs_->open(context(), path, kOpenWrite | kOpenCreate | kOpenTruncate, mode);
  if (!node) return file_error("write", path, node.error());
  size_t done = 0;
  while (done < content.size()) {
    auto n = node->fs->write(node->id, done, content.substr(done));
    if (!n) return file_error("write", path, n.error());
    done += *n;
  }
  return true;
}

Expected<bool> VfsFiles::remove(const std::string& path) {
  // An explicit stack: trees may be deep.
  struct Item {
    std::string path;
    bool emptied;
  };
  std::vector<Item> stack{{path, false}};
  while (!stack.empty()) {
    Item item = stack.back();
    stack.pop_back();
    auto st = vfs_->stat(context(), item.path, Follow::No);
    if (!st) return file_error("remove", item.path, st.error());
    if (!st->is_dir()) {
      if (auto r = vfs_->unlink(context(), item.path); !r) return file_error("remove", item.path, r.error());
      continue;
    }
    if (item.emptied) {
      if (auto r = vfs_->rmdir(context(), item.path); !r) return file_error("remove", item.path, r.error());
      continue;
    }
    stack.push_back({item.path, true});
    auto entries = vfs_->list(context(), item.path);
    if (!entries) return file_error("remove", item.path, entries.error());
    for (const DirEntry& e : *entries) stack.push_back({item.path + "/" + e.name, false});
  }
  return true;
}

bool VfsFiles::exists(const std::string& path) { return vfs_->stat(context(), path).ok(); }

Expected<std::vector<std::string>> VfsFiles::list(const std::string& path) {
  auto entries = vfs_->list(context(), path);
  if (!entries) return file_error("list", path, entries.error());
  std::vector<std::string> names;
  for (DirEntry& e : *entries) names.push_back(std::move(e.name));
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace nacre
