#include "kernel/pipe.h"

#include <algorithm>
#include <cstring>

#include "base/buffer.h"
#include "kernel/kernel.h"

namespace nacre {
namespace {

constexpr size_t kPipeBuf = 4096;

class Pipe : public RefCounted {
 public:
  Pipe(Kernel& kernel, uint64_t id) : kernel(kernel), id(id), capacity(std::max<uint32_t>(kernel.budget().limits().pipe_bytes, kPipeBuf)) {}

  size_t space() const { return capacity - size; }
  /// First run of readable bytes that lies in one piece.
  std::string_view front() const { return {ring.get() + begin, std::min(size, capacity - begin)}; }
  void take(size_t n) {
    size -= n;
    begin = size ? (begin + n) % capacity : 0;
    changed.notify_all();
  }
  void put(std::string_view data) {
    if (!ring) ring = make_buffer(capacity);
    size_t at = (begin + size) % capacity;
    size_t first = std::min(data.size(), capacity - at);
    if (first) std::memcpy(ring.get() + at, data.data(), first);
    if (first < data.size()) std::memcpy(ring.get(), data.data() + first, data.size() - first);
    size += data.size();
    changed.notify_all();
  }

  Kernel& kernel;
  uint64_t id;
  size_t capacity;
  Buffer ring;
  size_t begin = 0, size = 0;
  int readers = 0, writers = 0;
  WaitQueue changed;
  WaitQueue opened;      ///< FIFO: the other side came
  uint64_t opens = 0;
  Node node{};           ///< FIFO
};

class PipeEnd : public File {
 public:
  PipeEnd(Ref<Pipe> pipe, uint32_t flags) : File(flags), pipe_(std::move(pipe)) {
    if (readable()) pipe_->readers++;
    if (writable()) pipe_->writers++;
  }
  ~PipeEnd() override {
    if (readable()) pipe_->readers--;
    if (writable()) pipe_->writers--;
    pipe_->changed.notify_all();
    if (pipe_->node.fs) {
      if (pipe_->readers + pipe_->writers == 0) pipe_->kernel.forget_fifo(pipe_->node);
      pipe_->node.fs->release(pipe_->node.id);
    }
  }

  Result<size_t> read(Process& p, std::span<char> out) override {
    if (out.empty()) return size_t{0};
    NACRE_TRY(std::string_view got, borrow(p));
    size_t n = std::min(out.size(), got.size());
    if (n == 0) return n;
    std::memcpy(out.data(), got.data(), n);
    consume(n);
    // The rest may continue at the ring's start.
    if (n < out.size() && pipe_->size) {
      std::string_view more = pipe_->front();
      size_t m = std::min(out.size() - n, more.size());
      std::memcpy(out.data() + n, more.data(), m);
      consume(m);
      n += m;
    }
    return n;
  }

  Result<std::string_view> borrow(Process& p) override {
    while (pipe_->size == 0) {
      if (pipe_->writers == 0) return std::string_view{};
      if (nonblocking()) return Errno::AGAIN;
      NACRE_CHECKED(wait(p));
    }
    return pipe_->front();
  }
  void consume(size_t n) override { pipe_->take(n); }

  Result<size_t> write(Process& p, std::string_view data) override {
    size_t done = 0;
    while (done < data.size()) {
      if (pipe_->readers == 0) {
        p.kernel().post_signal(p, kSigPIPE);
        p.kernel().deliver(p);
        return Errno::PIPE;
      }
      size_t want = data.size() - done;
      size_t room = pipe_->space();
      if (room == 0 || (data.size() <= kPipeBuf && room < want)) {
        if (nonblocking()) return done ? Result<size_t>(done) : Result<size_t>(Errno::AGAIN);
        auto waited = wait(p);
        if (!waited) return done ? Result<size_t>(done) : Result<size_t>(waited.error());
        continue;
      }
      size_t n = std::min(room, want);
      pipe_->put(data.substr(done, n));
      done += n;
    }
    return done;
  }

  Result<Stat> stat() override {
    if (pipe_->node.fs) return pipe_->node.fs->stat(pipe_->node.id);
    Stat st;
    st.type = FileType::Fifo;
    st.mode = 0600;
    st.uid = st.gid = 1000;
    st.ino = pipe_->id;
    st.dev = 0xc;
    return st;
  }
  uint32_t poll() override {
    uint32_t bits = 0;
    if (readable()) {
      if (pipe_->size) bits |= kPollIn;
      if (pipe_->writers == 0) bits |= kPollHup | kPollIn;
    }
    if (writable()) {
      if (pipe_->space() >= kPipeBuf) bits |= kPollOut;
      if (pipe_->readers == 0) bits |= kPollErr;
    }
    return bits;
  }
  WaitQueue* poll_queue() override { return &pipe_->changed; }
  std::string description() const override { return "pipe:[" + std::to_string(pipe_->id) + "]"; }

  Pipe& pipe() { return *pipe_; }

 private:
  Result<void> wait(Process& p) {
    if (p.has_caught()) return Errno::INTR;
    p.kernel().scheduler().wait(pipe_->changed);
    p.kernel().deliver(p);
    return {};
  }

  Ref<Pipe> pipe_;
};

}  // namespace

std::pair<Ref<File>, Ref<File>> make_pipe(Kernel& kernel) {
  auto pipe = make_ref<Pipe>(kernel, kernel.next_anon_id());
  return {make_ref<PipeEnd>(pipe, kOpenRead), make_ref<PipeEnd>(pipe, kOpenWrite)};
}

Result<Ref<File>> open_fifo(Process& p, Node node, uint32_t flags) {
  Kernel& k = p.kernel();
  Ref<Pipe> pipe(static_cast<Pipe*>(k.fifo(node)));
  if (!pipe) {
    pipe = make_ref<Pipe>(k, k.next_anon_id());
    pipe->node = node;
    k.keep_fifo(node, pipe.get());
  }
  bool wants_read = (flags & kOpenAccessMask) != kOpenWrite;
  bool wants_write = (flags & kOpenAccessMask) != kOpenRead;
  if ((flags & kOpenNonblock) && wants_write && !wants_read && pipe->readers == 0) {
    if (pipe->writers == 0) k.forget_fifo(node);
    return Errno::NXIO;
  }
  node.fs->hold(node.id);
  auto end = make_ref<PipeEnd>(pipe, flags);
  pipe->opens++;
  pipe->opened.notify_all();
  if (wants_read && wants_write) return Ref<File>(end);
  if (!(flags & kOpenNonblock) && (wants_read ? pipe->writers : pipe->readers) == 0) {
    // The other side's open wakes it, even if that side is closed again by then.
    bool met = pipe->size != 0;
    while (!met) {
      if (p.has_caught()) return Errno::INTR;
      uint64_t before = pipe->opens;
      k.scheduler().wait(pipe->opened);
      k.deliver(p);
      met = pipe->opens != before;
    }
  }
  return Ref<File>(end);
}

}  // namespace nacre
