/// Files without a node: devices, host streams, capture buffers.
/// Source: Linux null(4), random(4), full(4), tty(4).
#pragma once
#include <functional>
#include <memory>

#include "kernel/file.h"
#include "nacre/host.h"

namespace nacre {

/// open(2) of a device node, by its device numbers. ENXIO for unknown ones.
Result<Ref<File>> open_device(Process& p, const Stat& st, uint32_t flags);

/// A stream of the host: the CLI's stdin, stdout, stderr.
Ref<File> make_host_file(std::shared_ptr<HostStream> stream, uint32_t flags);

/// Hands what is written to a function, charged as output of the run.
class OutputFile : public File {
 public:
  using Sink = std::function<Result<void>(Process&, std::string_view)>;
  explicit OutputFile(Sink sink) : File(kOpenWrite), sink_(std::move(sink)) {}
  Result<size_t> read(Process&, std::span<char>) override { return Errno::BADF; }
  Result<size_t> write(Process& p, std::string_view data) override;
  Result<Stat> stat() override;
  std::string description() const override { return "pipe:[1]"; }

 private:
  Sink sink_;
};

/// Reads from fixed bytes: here-documents, a run's stdin.
class BytesFile : public File {
 public:
  explicit BytesFile(std::string bytes) : File(kOpenRead), bytes_(std::move(bytes)) {}
  Result<size_t> read(Process&, std::span<char> out) override;
  Result<size_t> write(Process&, std::string_view) override { return Errno::BADF; }
  Result<uint64_t> seek(int64_t offset, Whence whence) override;
  Result<Stat> stat() override;
  Result<std::string_view> borrow(Process&) override { return std::string_view(bytes_).substr(at_); }
  void consume(size_t n) override { at_ += n; }
  std::string description() const override { return "pipe:[2]"; }

 private:
  std::string bytes_;
  size_t at_ = 0;
};

}  // namespace nacre
