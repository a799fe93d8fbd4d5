#include "commands/paths.h"
#include "commands/tar/tar.h"

namespace nacre {

// Starts PROGRAM [-d] between a pipe and the archive. Returns our end of the pipe.
int Tar::start_child(TarChild& child, bool decompress, int archive_fd, bool reading) {
  std::vector<std::string> argv;
  std::string_view rest = o.compressor;
  while (!rest.empty()) {
    size_t from = std::min(rest.find_first_not_of(' '), rest.size());
    rest.remove_prefix(from);
    size_t end = std::min(rest.find(' '), rest.size());
    if (end) argv.emplace_back(rest.substr(0, end));
    rest.remove_prefix(end);
  }
  if (decompress) argv.push_back("-d");
  auto pipe = p.pipe();
  if (!pipe) fatal("Cannot create pipe: " + std::string(message(pipe.error())));
  SpawnOptions options;
  options.stdin_fd = reading ? archive_fd : pipe->read_end;
  options.stdout_fd = reading ? pipe->write_end : archive_fd;
  options.close_fds = {pipe->read_end, pipe->write_end};
  if (archive_fd > 2) options.close_fds.push_back(archive_fd);
  auto pid = p.spawn(argv, options);
  if (!pid) {
    warn(argv[0] + ": Cannot exec: " + std::string(message(pid.error())));
    warn("Error is not recoverable: exiting now");
    fatal("Child returned status 2");
  }
  child.pid = *pid;
  child.program = argv[0];
  (void)p.close(reading ? pipe->write_end : pipe->read_end);
  if (archive_fd > 2) (void)p.close(archive_fd);
  return reading ? pipe->read_end : pipe->write_end;
}

void Tar::wait_child(TarChild& child) {
  if (!child.pid) return;
  auto waited = p.wait(std::exchange(child.pid, 0));
  if (!waited || !*waited) return;
  const WaitStatus& how = (*waited)->status;
  if (how.kind == WaitStatus::Kind::Signaled) fatal("Child died with signal " + std::to_string(how.code));
  if (how.code != 0) fatal("Child returned status " + std::to_string(how.code));
}

TarInput::TarInput(Tar& tar) : tar_(tar) {
  Process& p = tar.p;
  const std::string& name = tar.o.archives[0];
  int fd = 0;
  if (name != "-") {
    auto opened = p.open(name, kOpenRead);
    if (!opened) {
      tar.warn(tar.shown(name, true) + ": Cannot open: " + std::string(message(opened.error())));
      tar.warn("Error is not recoverable: exiting now");
      p.exit(2);
    }
    fd = *opened;
  } else if (p.isatty(0)) {
    tar.fatal("Refusing to read archive contents from terminal (missing -f option?)");
  }
  if (auto st = p.fstat(fd)) stat_ = *st;
  auto plain = std::make_unique<Input>(p, fd, name, fd != 0);
  if (tar.o.compressor.empty()) {
    struct Magic {
      std::string_view bytes;
      const char* program;
      const char* option;
    };
    static constexpr Magic magics[] = {{"\x1f\x8b", "gzip", "-z"},
                                       {"BZh", "bzip2", "-j"},
                                       {std::string_view("\xfd"
                                                         "7zXZ\0",
                                                         6),
                                        "xz", "-J"},
                                       {"\x28\xb5\x2f\xfd", "zstd", "--zstd"},
                                       {std::string_view("\x5d\0\0", 3), "lzma", "--lzma"},
                                       {"\x1f\x9d", "gzip", "-Z"}};
    std::string_view head = plain->block(kTarBlock);
    if (plain->error() != Errno::OK) {
      tar.warn(tar.shown(name, true) + ": Cannot read: " + std::string(message(plain->error())));
      tar.fatal("At beginning of tape, quitting now");
    }
    TarEntry ignored;
    bool is_tar = head.size() >= kTarBlock && read_tar_header(head.substr(0, kTarBlock), ignored) == TarHeaderKind::Good;
    for (const auto& m : magics) {
      if (is_tar || !head.starts_with(m.bytes)) continue;
      if (!stat_.is_regular() || name == "-") tar.fatal(std::string("Archive is compressed. Use ") + m.option + " option");
      tar.o.compressor = m.program;
      plain->give_back();
      break;
    }
  }
  if (tar.o.compressor.empty()) {
    in_ = std::move(plain);
    return;
  }
  // The descriptor goes to the child.
  auto copy = fd == 0 ? Result<int>(0) : p.dup(fd, 3);
  plain.reset();
  int from = tar.start_child(child_, true, *copy, true);
  in_ = std::make_unique<Input>(p, from, name);
  piped_ = true;
}

void TarInput::finish() {
  if (piped_)
    for (std::string_view rest = in_->block(); !rest.empty(); rest = in_->block()) in_->consume(rest.size());
  in_.reset();
  tar_.wait_child(child_);
}

TarOutput::TarOutput(Tar& tar, How how, uint64_t offset) : tar_(tar), base_(offset) {
  Process& p = tar.p;
  const std::string& name = tar.o.archives[0];
  if (name != "-") {
    auto fd = p.open(name, how == How::Create ? kOpenWrite | kOpenCreate | kOpenTruncate : kOpenReadWrite | kOpenCreate);
    if (!fd) {
      tar.warn(tar.shown(name, true) + ": Cannot open: " + std::string(message(fd.error())));
      tar.warn("Error is not recoverable: exiting now");
      p.exit(2);
    }
    fd_ = *fd;
    owned_ = true;
    if (how == How::AppendAt) (void)p.lseek(fd_, static_cast<int64_t>(offset), Whence::Set);
  } else if (p.isatty(1)) {
    tar.fatal("Refusing to write archive contents to terminal (missing -f option?)");
  }
  if (auto st = p.fstat(fd_); st && st->is_regular()) {
    stat_ = *st;
    known_ = true;
  }
  if (tar.o.compressor.empty()) return;
  fd_ = tar.start_child(child_, false, fd_, false);
  owned_ = true;
}

void TarOutput::write(std::string_view bytes) {
  buffer_ += bytes;
  const uint64_t record = tar_.o.blocking * kTarBlock, before = written_ / record;
  written_ += bytes.size();
  for (uint64_t n = before; n < written_ / record; n++) tar_.record(true);
  if (buffer_.size() >= kBlockBytes) flush();
}

void TarOutput::flush() {
  if (buffer_.empty()) return;
  auto done = tar_.p.write(fd_, buffer_);
  buffer_.clear();
  if (done) return;
  tar_.warn(tar_.shown(tar_.o.archives[0], true) + ": Cannot write: " + std::string(message(done.error())));
  tar_.warn("Error is not recoverable: exiting now");
  tar_.p.exit(2);
}

void TarOutput::finish() {
  uint64_t record = tar_.o.blocking * kTarBlock;
  write(std::string(2 * kTarBlock, '\0'));
  uint64_t rest = (base_ + written_) % record;
  for (uint64_t pad = rest ? record - rest : 0; pad > 0;) {
    size_t n = static_cast<size_t>(std::min<uint64_t>(pad, kBlockBytes));
    write(std::string(n, '\0'));
    pad -= n;
  }
  flush();
  // What was appended may be shorter than what it replaced.
  if (base_ && child_.pid == 0) (void)tar_.p.ftruncate(fd_, base_ + written_);
  if (owned_) (void)tar_.p.close(fd_);
  tar_.wait_child(child_);
  if (tar_.o.totals) {
    char text[128];
    double kib = static_cast<double>(written_) / 1024;
    std::snprintf(text, sizeof text, kib < 1024 ? "%.0fKiB" : "%.1fMiB", kib < 1024 ? kib : kib / 1024);
    write_error(tar_.p, "Total bytes written: " + std::to_string(written_) + " (" + text + ", " + text + "/s)\n");
  }
}

}  // namespace nacre
