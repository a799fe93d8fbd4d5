#include "kernel/devices.h"

#include <algorithm>
#include <cstring>

#include "base/grow.h"
#include "kernel/capture.h"
#include "kernel/kernel.h"

namespace nacre {
namespace {

/// Device numbers as Linux assigns them. Source: Linux devices.txt.
enum : uint32_t { kMem = 1, kTty = 5, kNull = 3, kZero = 5, kFull = 7, kRandom = 8, kUrandom = 9 };

class Device : public File {
 public:
  Device(const Stat& st, uint32_t flags) : File(flags), st_(st) {}
  Result<size_t> read(Process& p, std::span<char> out) override {
    switch (st_.rdev_minor) {
      case kNull: return size_t{0};
      case kZero:
      case kFull: std::memset(out.data(), 0, out.size()); return out.size();
      default:
        for (size_t i = 0; i < out.size(); i += 8) {
          uint64_t r = p.random();
          std::memcpy(out.data() + i, &r, std::min<size_t>(8, out.size() - i));
        }
        return out.size();
    }
  }
  Result<size_t> write(Process& p, std::string_view data) override {
    p.tick();
    if (st_.rdev_minor == kFull) return Errno::NOSPC;
    return data.size();
  }
  Result<uint64_t> seek(int64_t, Whence) override { return uint64_t{0}; }
  Result<Stat> stat() override { return st_; }
  Result<void> truncate(uint64_t) override { return Errno::INVAL; }
  std::string description() const override {
    switch (st_.rdev_minor) {
      case kNull: return "/dev/null";
      case kZero: return "/dev/zero";
      case kFull: return "/dev/full";
      case kRandom: return "/dev/random";
      default: return "/dev/urandom";
    }
  }

 private:
  Stat st_;
};

/// Charges output and writes what fits of it; the run ends when that is not all.
template <class Write>
Result<size_t> limited(Process& p, std::string_view data, const Write& write) {
  const uint64_t most = p.budget().limits().output_bytes, used = p.budget().output();
  size_t fits = most == 0 ? data.size() : most > used ? std::min<uint64_t>(data.size(), most - used) : 0;
  if (fits < data.size()) {
    for (int back = 0; back < 3 && fits && (data[fits] & 0xc0) == 0x80; back++) fits--;   // no half of a character
    if (fits) (void)write(data.substr(0, fits));
    (void)p.budget().charge_output(data.size());
    p.kernel().stop_run();
    p.kernel().check_alive(p);
  }
  (void)p.budget().charge_output(data.size());
  return write(data);
}

class HostFile : public File {
 public:
  HostFile(std::shared_ptr<HostStream> stream, uint32_t flags) : File(flags), stream_(std::move(stream)) {}

  Result<size_t> read(Process& p, std::span<char> out) override {
    while (true) {
      HostResult n = stream_->read(out);
      if (n >= 0) return static_cast<size_t>(n);
      if (n != -static_cast<int>(Errno::AGAIN)) return static_cast<Errno>(-n);
      NACRE_CHECKED(wait(p, false));
    }
  }
  Result<size_t> write(Process& p, std::string_view data) override {
    return limited(p, data, [&](std::string_view part) { return send(p, part); });
  }
  Result<size_t> send(Process& p, std::string_view data) {
    size_t done = 0;
    while (done < data.size()) {
      HostResult n = stream_->write(data.substr(done));
      if (n >= 0) {
        done += static_cast<size_t>(n);
        continue;
      }
      if (n == -static_cast<int>(Errno::AGAIN)) {
        auto waited = wait(p, true);
        if (!waited && waited.error() != Errno::INTR) return waited.error();
        continue;
      }
      if (n == -static_cast<int>(Errno::PIPE)) {
        p.kernel().post_signal(p, kSigPIPE);
        p.kernel().deliver(p);
      }
      return static_cast<Errno>(-n);
    }
    return done;
  }
  Result<uint64_t> seek(int64_t offset, Whence whence) override {
    HostResult n = stream_->seek(offset, static_cast<int>(whence));
    if (n < 0) return static_cast<Errno>(-n);
    return static_cast<uint64_t>(n);
  }
  Result<Stat> stat() override {
    Stat st;
    char kind = stream_->kind();
    st.type = kind == 'f' ? FileType::Regular : kind == 'c' ? FileType::CharDevice : FileType::Fifo;
    st.mode = kind == 'c' ? 0620 : 0600;
    st.uid = st.gid = 1000;
    st.ino = 3;
    st.dev = 0x18;
    if (kind == 'c') st.rdev_major = 136;
    return st;
  }
  bool is_terminal() const override { return stream_->is_terminal(); }
  uint32_t poll() override {
    if (!readable()) return kPollOut;
    Host::Poll one{stream_->poll_handle(), true, false};
    if (one.handle < 0) return kPollIn;
    return stream_->ready() ? kPollIn : 0;
  }
  int host_handle() const override { return stream_->poll_handle(); }
  std::string description() const override { return is_terminal() ? "/dev/tty" : "pipe:[3]"; }

 private:
  Result<void> wait(Process& p, bool write) {
    if (nonblocking()) return Errno::AGAIN;
    if (p.has_caught()) return Errno::INTR;
    p.kernel().scheduler().wait_host(stream_->poll_handle(), write, nullptr);
    p.kernel().deliver(p);
    return {};
  }

  std::shared_ptr<HostStream> stream_;
};

Stat pipe_stat() {
  Stat st;
  st.type = FileType::Fifo;
  st.mode = 0600;
  st.uid = st.gid = 1000;
  st.ino = 2;
  st.dev = 0xc;
  return st;
}

}  // namespace

Result<Ref<File>> open_device(Process& p, const Stat& st, uint32_t flags) {
  if (st.rdev_major == kMem &&
      (st.rdev_minor == kNull || st.rdev_minor == kZero || st.rdev_minor == kFull || st.rdev_minor == kRandom || st.rdev_minor == kUrandom)) {
    return Ref<File>(make_ref<Device>(st, flags));
  }
  if (st.rdev_major == kTty && st.rdev_minor == 0) {
    // The controlling terminal: whichever standard stream is one.
    for (int fd : {0, 1, 2}) {
      if (p.isatty(fd)) return p.file(fd);
    }
  }
  return Errno::NXIO;
}

Ref<File> make_host_file(std::shared_ptr<HostStream> stream, uint32_t flags) { return make_ref<HostFile>(std::move(stream), flags); }

Result<size_t> CaptureFile::write(Process& p, std::string_view data) {
  p.tick();
  std::string& bytes = capture_->bytes;
  // Large captures are looked at each time they double.
  if (bytes.size() + data.size() > bytes.capacity() && bytes.size() > 65536) p.check_memory(2 * (bytes.size() + data.size()));
  make_room(bytes, data.size(), [&] { p.tick(64); });
  bytes.append(data);
  return data.size();
}
Result<Stat> CaptureFile::stat() { return pipe_stat(); }

Result<size_t> OutputFile::write(Process& p, std::string_view data) {
  return limited(p, data, [&](std::string_view part) -> Result<size_t> {
    NACRE_CHECKED(sink_(p, part));
    return part.size();
  });
}
Result<Stat> OutputFile::stat() { return pipe_stat(); }

Result<size_t> BytesFile::read(Process&, std::span<char> out) {
  size_t n = std::min(out.size(), bytes_.size() - at_);
  if (n) std::memcpy(out.data(), bytes_.data() + at_, n);
  at_ += n;
  return n;
}
Result<uint64_t> BytesFile::seek(int64_t offset, Whence whence) {
  int64_t to = offset;
  if (whence == Whence::Current) to += static_cast<int64_t>(at_);
  if (whence == Whence::End) to += static_cast<int64_t>(bytes_.size());
  if (to < 0) return Errno::INVAL;
  at_ = std::min(static_cast<size_t>(to), bytes_.size());
  return static_cast<uint64_t>(to);
}
Result<Stat> BytesFile::stat() {
  Stat st = pipe_stat();
  st.type = FileType::Regular;
  st.size = bytes_.size();
  return st;
}

}  // namespace nacre
