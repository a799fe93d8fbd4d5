#include "vfs/capped_dir.h"

#include <algorithm>
#include <utility>

#include "base/errno.h"

namespace nacre {
namespace {

constexpr HostResult kTooLarge = -static_cast<HostResult>(Errno::FBIG);

class CappedDir final : public HostDir {
 public:
  CappedDir(std::shared_ptr<HostDir> dir, uint64_t max) : dir_(std::move(dir)), max_(max) {}

  HostResult open(const std::string& path, int flags, bool create, uint32_t mode) override {
    const HostResult handle = dir_->open(path, flags, create, mode);
    HostStat st;
    if (handle < 0 || flags == 1 || create || dir_->stat_handle(handle, st) < 0 || st.size <= max_) return handle;
    dir_->close(handle);
    return kTooLarge;
  }
  HostResult read(int64_t handle, uint64_t offset, std::span<char> out) override {
    if (offset < max_ || out.empty())
      return dir_->read(handle, offset, out.first(static_cast<size_t>(std::min<uint64_t>(out.size(), max_ - std::min(offset, max_)))));
    char beyond;
    const HostResult n = dir_->read(handle, offset, {&beyond, 1});
    return n > 0 ? kTooLarge : n;
  }

  HostResult stat(const std::string& path, HostStat& out) override { return dir_->stat(path, out); }
  HostResult stat_children(const std::string& path, std::span<Child> children) override { return dir_->stat_children(path, children); }
  HostResult space(HostSpace& out) override { return dir_->space(out); }
  HostResult list(const std::string& path, std::vector<Entry>& out) override { return dir_->list(path, out); }
  HostResult read_link(const std::string& path, std::string& out) override { return dir_->read_link(path, out); }
  HostResult write(int64_t handle, uint64_t offset, std::string_view data) override { return dir_->write(handle, offset, data); }
  HostResult truncate(int64_t handle, uint64_t size) override { return dir_->truncate(handle, size); }
  HostResult stat_handle(int64_t handle, HostStat& out) override { return dir_->stat_handle(handle, out); }
  HostResult sync(int64_t handle) override { return dir_->sync(handle); }
  void close(int64_t handle) override { dir_->close(handle); }
  HostResult make_dir(const std::string& path, uint32_t mode) override { return dir_->make_dir(path, mode); }
  HostResult make_fifo(const std::string& path, uint32_t mode) override { return dir_->make_fifo(path, mode); }
  HostResult make_symlink(const std::string& path, const std::string& target) override { return dir_->make_symlink(path, target); }
  HostResult make_link(const std::string& from, const std::string& to) override { return dir_->make_link(from, to); }
  HostResult remove(const std::string& path, bool directory) override { return dir_->remove(path, directory); }
  HostResult rename(const std::string& from, const std::string& to) override { return dir_->rename(from, to); }
  HostResult set_mode(const std::string& path, uint32_t mode) override { return dir_->set_mode(path, mode); }
  HostResult set_times(const std::string& path, const Timespec& atime, const Timespec& mtime) override { return dir_->set_times(path, atime, mtime); }

 private:
  std::shared_ptr<HostDir> dir_;
  uint64_t max_;
};

}  // namespace

std::shared_ptr<HostDir> make_capped_dir(std::shared_ptr<HostDir> dir, uint64_t max_bytes) { return std::make_shared<CappedDir>(std::move(dir), max_bytes); }

}  // namespace nacre
