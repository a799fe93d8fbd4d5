// Content of files, and what the quota counts.
#include <algorithm>
#include <mutex>

#include "vfs/mem_fs_impl.h"

namespace nacre {
namespace {

constexpr uint64_t kMaxFileSize = INT64_MAX;
constexpr uint64_t kUnlimited = UINT64_MAX;
constexpr uint64_t kShownBytes = 1ull << 40;  // df without a quota: 1 TiB
constexpr uint64_t kShownInodes = 1ull << 32;

/// Content from a callback, run once, whoever asks first.
class LazySource final : public Source {
 public:
  explicit LazySource(std::function<std::string()> make) : make_(std::move(make)) {}
  uint64_t size() override { return content().size(); }
  Result<size_t> read(uint64_t offset, std::span<char> out) override {
    const std::string& all = content();
    if (offset >= all.size()) return size_t{0};
    return all.copy(out.data(), out.size(), offset);
  }
  Result<Ref<Source>> pin() override { return Ref<Source>(this); }
  std::string_view view(uint64_t offset) override {
    const std::string& all = content();
    return offset >= all.size() ? std::string_view() : std::string_view(all).substr(offset);
  }

 private:
  const std::string& content() {
    std::call_once(once_, [&] {
      content_ = make_();
      make_ = nullptr;
    });
    return content_;
  }
  std::once_flag once_;
  std::function<std::string()> make_;
  std::string content_;
};

}  // namespace

uint64_t MemFsImpl::room() const {
  const uint64_t most = options_.budget ? options_.budget->limits().file_bytes : 0;
  if (most == 0) return kUnlimited;
  return most > state_.bytes ? most - state_.bytes : 0;
}

Result<const Inode*> MemFsImpl::regular(NodeId id) {
  const Inode* n = get(id);
  if (!n) return hosts(id) ? Errno::NOENT : Errno::STALE;
  if (n->is_dir()) return Errno::ISDIR;
  if (n->type != FileType::Regular) return Errno::INVAL;
  return n;
}

Result<size_t> MemFsImpl::read(NodeId node, uint64_t offset, std::span<char> out) {
  NACRE_TRY(const Inode* n, regular(node));
  return n->file()->read(offset, out);
}

std::string_view MemFsImpl::view(NodeId node, uint64_t offset) {
  auto n = regular(node);
  return n ? (*n)->file()->view(offset) : std::string_view();
}

void MemFsImpl::about_to_read(NodeId node) {
  if (hosts(node) && recent(node).id != node && !state_.inodes.find(node) && !stored(node)) lower_->open_ahead(node);
}

Result<size_t> MemFsImpl::write(NodeId node, uint64_t offset, std::string_view data) {
  NACRE_CHECKED(regular(node));
  if (data.empty()) return size_t{0};
  if (offset >= kMaxFileSize || data.size() > kMaxFileSize - offset) return Errno::FBIG;
  Inode& n = edit(node);
  const uint64_t before = n.file()->held();
  auto written = n.file()->write(offset, data, room());
  state_.bytes += n.file()->held() - before;
  if (written) n.mtime = n.ctime = options_.clock->now();
  else if (written.error() == Errno::NOSPC) return full(data.size());
  return written;
}

Result<size_t> MemFsImpl::write_from(NodeId node, uint64_t offset, const std::function<Result<size_t>(std::span<char>)>& fill) {
  NACRE_TRY(const Inode* n, regular(node));
  if (offset > kMaxFileSize - Chunk::kSize || !n->file()->lacks_chunk(offset, room())) return Errno::NOSYS;
  // Belongs to no file yet: filling it may read this one.
  Ref<Chunk> chunk = Chunk::make(Chunk::kSize);
  NACRE_TRY(const size_t size, fill({chunk->data(), Chunk::kSize}));
  if (size == 0) return size;
  NACRE_TRY(n, regular(node));
  // A short piece would waste the rest of the chunk.
  if (size < Chunk::kSize || !n->file()->lacks_chunk(offset, room())) {
    NACRE_TRY(const size_t written, write(node, offset, {chunk->data(), size}));
    return written == size ? Result<size_t>(size) : full(size - written);
  }
  chunk->length = static_cast<uint32_t>(size);
  Inode& changed = edit(node);
  const uint64_t before = changed.file()->held();
  changed.file()->adopt(offset, std::move(chunk));
  state_.bytes += changed.file()->held() - before;
  changed.mtime = changed.ctime = options_.clock->now();
  return size;
}

Result<void> MemFsImpl::truncate(NodeId node, uint64_t size) {
  NACRE_CHECKED(regular(node));
  if (size > kMaxFileSize) return Errno::FBIG;
  Inode& n = edit(node);
  const uint64_t before = n.file()->held();
  auto done = n.file()->resize(size, room());
  state_.bytes += n.file()->held() - before;
  if (done) n.mtime = n.ctime = options_.clock->now();
  else if (done.error() == Errno::NOSPC) return full(size);
  return done;
}

void MemFsImpl::hold(NodeId node) { ++held_[node]; }

void MemFsImpl::release(NodeId node) {
  auto at = held_.find(node);
  if (at == held_.end() || --at->second) return;
  held_.erase(at);
  const Ref<Inode>* n = state_.inodes.find(node);
  if (!n || (*n)->nlink || (*n)->gone) return;
  std::erase(state_.orphans, node);
  forget(node);
}

FsUsage MemFsImpl::usage() {
  FsUsage u;
  const Limits limits = options_.budget ? options_.budget->limits() : Limits{.file_bytes = 0, .inodes = 0};
  const uint64_t bytes = limits.file_bytes ? limits.file_bytes : kShownBytes;
  const uint64_t used = (state_.bytes + u.block_size - 1) / u.block_size;
  u.blocks = bytes / u.block_size;
  u.blocks_free = u.blocks > used ? u.blocks - used : 0;
  u.inodes = limits.inodes ? limits.inodes : kShownInodes;
  u.inodes_free = u.inodes > state_.links ? u.inodes - state_.links : 0;
  u.type = lower_ && !options_.backing_fixed ? "cow" : "mem";
  return u;
}

Result<NodeId> MemFsImpl::seed(std::string_view path, const Seed& what) {
  NodeId dir = state_.root;
  for (;;) {
    path.remove_prefix(std::min(path.find_first_not_of('/'), path.size()));
    const size_t end = path.find('/');
    const bool last = path.find_first_not_of('/', std::min(end, path.size())) == path.npos;
    const std::string_view name = path.substr(0, end);
    if (name.empty()) return Errno::EXIST;  // the root itself
    if (name == "." || name == "..") return Errno::INVAL;
    if (last) {
      NewNode node{what.type, what.mode, what.uid, what.gid, what.rdev_major, what.rdev_minor};
      if (what.type == FileType::Symlink) return symlink(dir, name, what.content, what.uid, what.gid);
      NACRE_TRY(NodeId id, create(dir, name, node));
      if (what.type != FileType::Regular) return id;
      if (what.lazy) edit(id).data = FileData(Ref<Source>(new LazySource(what.lazy)));
      else if (!what.content.empty()) NACRE_CHECKED(write(id, 0, what.content));
      return id;
    }
    auto next = lookup(dir, name);
    if (!next && next.error() != Errno::NOENT) return next.error();
    if (!next) next = create(dir, name, {FileType::Directory, 0755, what.uid, what.gid});
    if (!next) return next.error();
    dir = *next;
    path.remove_prefix(end);
  }
}

}  // namespace nacre
