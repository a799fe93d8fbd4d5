#include "session/embedder_dir.h"

#include <unordered_map>
#include <utility>

#include "base/errno.h"
#include "session/embedder_call.h"
#include "vfs/lock.h"

namespace nacre {
namespace {

constexpr HostResult kIo = -static_cast<HostResult>(Errno::IO);
constexpr HostResult kNoSys = -static_cast<HostResult>(Errno::NOSYS);

bool is_name(std::string_view name) { return !name.empty() && name != "." && name != ".." && name.find_first_of(std::string_view("/\0", 2)) == name.npos; }

class EmbedderDir final : public HostDir {
 public:
  explicit EmbedderDir(std::shared_ptr<HostDir> dir) : dir_(std::move(dir)) {}

  HostResult stat(const std::string& path, HostStat& out) override {
    const HostResult r = embedder_call([&] { return dir_->stat(path, out); });
    out.mode &= 0777;
    if (path.empty() && r >= 0 && out.type != HostStat::Type::Directory) return kIo;
    return r;
  }
  HostResult stat_children(const std::string& path, std::span<Child> children) override {
    const HostResult r = embedder_call([&] { return dir_->stat_children(path, children); });
    for (Child& c : children) c.stat.mode &= 0777;
    return r;
  }
  HostResult space(HostSpace& out) override {
    return embedder_call([&] { return dir_->space(out); });
  }
  HostResult list(const std::string& path, std::vector<Entry>& out) override {
    const HostResult r = embedder_call([&] { return dir_->list(path, out); });
    std::erase_if(out, [](const Entry& e) { return !is_name(e.name); });
    return r;
  }
  HostResult read_link(const std::string& path, std::string& out) override {
    return embedder_call([&] { return dir_->read_link(path, out); });
  }
  HostResult open(const std::string& path, int flags, bool create, uint32_t mode) override {
    const HostResult handle = embedder_call([&] { return dir_->open(path, flags, create, mode); });
    if (handle < 0) return handle;
    Lock lock(mutex_);
    Opened& o = opened_[handle];
    o.path = path;
    o.times++;
    return handle;
  }
  HostResult read(int64_t handle, uint64_t offset, std::span<char> out) override {
    const HostResult n = embedder_call([&] { return dir_->read(handle, offset, out); });
    return n > 0 && static_cast<uint64_t>(n) > out.size() ? kIo : n;
  }
  HostResult write(int64_t handle, uint64_t offset, std::string_view data) override {
    const HostResult n = embedder_call([&] { return dir_->write(handle, offset, data); });
    // A writer that is told "nothing" again and again would not end.
    const bool wrong = n >= 0 && (static_cast<uint64_t>(n) > data.size() || (n == 0 && !data.empty()));
    return wrong ? kIo : n;
  }
  HostResult truncate(int64_t handle, uint64_t size) override {
    return embedder_call([&] { return dir_->truncate(handle, size); });
  }
  HostResult stat_handle(int64_t handle, HostStat& out) override {
    HostResult r = embedder_call([&] { return dir_->stat_handle(handle, out); });
    if (r == kNoSys) {
      std::string path;
      {
        Lock lock(mutex_);
        if (auto at = opened_.find(handle); at != opened_.end()) path = at->second.path;
      }
      r = path.empty() ? kNoSys : embedder_call([&] { return dir_->stat(path, out); });
    }
    out.mode &= 0777;
    return r;
  }
  HostResult sync(int64_t handle) override {
    return embedder_call([&] { return dir_->sync(handle); });
  }
  void close(int64_t handle) override {
    {
      Lock lock(mutex_);
      if (auto at = opened_.find(handle); at != opened_.end() && --at->second.times == 0) opened_.erase(at);
    }
    embedder_call([&] { return dir_->close(handle), 0; });
  }
  HostResult make_dir(const std::string& path, uint32_t mode) override {
    return embedder_call([&] { return dir_->make_dir(path, mode); });
  }
  HostResult make_fifo(const std::string& path, uint32_t mode) override {
    return embedder_call([&] { return dir_->make_fifo(path, mode); });
  }
  HostResult make_symlink(const std::string& path, const std::string& target) override {
    return embedder_call([&] { return dir_->make_symlink(path, target); });
  }
  HostResult make_link(const std::string& from, const std::string& to) override {
    return embedder_call([&] { return dir_->make_link(from, to); });
  }
  HostResult remove(const std::string& path, bool directory) override {
    return embedder_call([&] { return dir_->remove(path, directory); });
  }
  HostResult rename(const std::string& from, const std::string& to) override {
    const HostResult r = embedder_call([&] { return dir_->rename(from, to); });
    if (r < 0) return r;
    Lock lock(mutex_);
    for (auto& [handle, o] : opened_)
      if (o.path == from || o.path.starts_with(from + "/")) o.path.replace(0, from.size(), to);
    return r;
  }
  HostResult set_mode(const std::string& path, uint32_t mode) override {
    return embedder_call([&] { return dir_->set_mode(path, mode); });
  }
  HostResult set_times(const std::string& path, const Timespec& atime, const Timespec& mtime) override {
    return embedder_call([&] { return dir_->set_times(path, atime, mtime); });
  }

 private:
  std::shared_ptr<HostDir> dir_;
  struct Opened {
    std::string path;
    uint32_t times = 0;   ///< an embedder may give the same number twice
  };
  Mutex mutex_;                                  // forks share a directory between threads
  std::unordered_map<int64_t, Opened> opened_;   ///< by handle: for stat_handle()
};

}  // namespace

std::shared_ptr<HostDir> make_embedder_dir(std::shared_ptr<HostDir> dir) { return std::make_shared<EmbedderDir>(std::move(dir)); }

}  // namespace nacre
