/// --delete and -A: changes to an archive in its place.
#include "commands/tar/tar.h"

namespace nacre {
namespace {

/// The archive as a file to read and write at offsets.
class InPlace {
 public:
  explicit InPlace(Tar& tar) : tar_(tar) {
    auto fd = tar.p.open(tar.o.archives[0], kOpenReadWrite);
    if (!fd) {
      tar.warn(tar.shown(tar.o.archives[0], true) + ": Cannot open: " + std::string(message(fd.error())));
      tar.warn("Error is not recoverable: exiting now");
      tar.p.exit(2);
    }
    fd_ = *fd;
  }
  ~InPlace() { (void)tar_.p.close(fd_); }
  InPlace(const InPlace&) = delete;

  void move(uint64_t from, uint64_t size, uint64_t to) {
    Buffer buffer = make_buffer(kBlockBytes);
    while (size > 0 && from != to) {
      auto n = tar_.p.pread(fd_, {buffer.get(), static_cast<size_t>(std::min<uint64_t>(size, kBlockBytes))}, from);
      if (!n || *n == 0) tar_.fatal("Unexpected EOF in archive");
      write({buffer.get(), *n}, to);
      from += *n;
      to += *n;
      size -= *n;
      tar_.p.tick(16);
    }
  }
  void write(std::string_view bytes, uint64_t at) {
    auto n = tar_.p.pwrite(fd_, bytes, at);
    if (n && *n == bytes.size()) return;
    tar_.warn(tar_.shown(tar_.o.archives[0], true) + ": Cannot write: " + std::string(message(n ? Errno::NOSPC : n.error())));
    tar_.warn("Error is not recoverable: exiting now");
    tar_.p.exit(2);
  }
  // The two zero blocks and the rest of the record.
  void end(uint64_t at) {
    uint64_t record = tar_.o.blocking * kTarBlock, size = at + 2 * kTarBlock;
    size = (size + record - 1) / record * record;
    for (std::string zeros(kBlockBytes, '\0'); at < size;) {
      size_t n = static_cast<size_t>(std::min<uint64_t>(size - at, zeros.size()));
      write(std::string_view(zeros).substr(0, n), at);
      at += n;
    }
    (void)tar_.p.ftruncate(fd_, size);
  }

 private:
  Tar& tar_;
  int fd_;
};

}  // namespace

void tar_delete(Tar& tar) {
  // Where each member that stays begins and ends.
  struct Range {
    uint64_t from, to;
  };
  std::vector<Range> kept;
  uint64_t end = 0;
  bool deleting = false;
  {
    TarInput in(tar);
    TarReader reader(tar, in);
    TarEntry e;
    bool more = reader.next(e);
    while (more) {
      bool all;
      uint64_t from = reader.entry_offset();
      deleting = tar.wanted(e.name, &all) != nullptr;
      more = reader.next(e);
      end = more ? reader.entry_offset() : reader.end_offset();
      if (deleting) continue;
      if (!kept.empty() && kept.back().to == from) kept.back().to = end;
      else kept.push_back({from, end});
    }
  }
  if (tar.status == 0) {
    InPlace file(tar);
    uint64_t to = 0;
    for (const auto& r : kept) {
      file.move(r.from, r.to - r.from, to);
      to += r.to - r.from;
    }
    file.end(to);
  }
  tar.report_missing();
}

void tar_concatenate(Tar& tar) {
  uint64_t end = 0;
  if (auto st = tar.p.stat(tar.o.archives[0]); st && st->size > 0) end = tar_find_end(tar, [](const TarEntry&) {});
  TarOutput out(tar, TarOutput::How::AppendAt, end);
  for (const auto& name : tar.o.names) {
    TarOptions options = tar.o;
    options.archives = {name.text};
    options.names.clear();
    if (auto st = tar.p.stat(name.text); !st) {
      tar.error(name.text, "open", st.error());
      continue;
    }
    Tar other(tar.p, options);
    uint64_t size = tar_find_end(other, [](const TarEntry&) {});
    tar.status = std::max(tar.status, other.status);
    auto in = open_input(tar.p, name.text);
    if (!in) continue;
    while (size > 0) {
      std::string_view s = in->block().substr(0, size);
      if (s.empty()) break;
      out.write(s);
      in->consume(s.size());
      size -= s.size();
    }
  }
  out.finish();
}

}  // namespace nacre
