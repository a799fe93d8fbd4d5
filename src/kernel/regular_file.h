/// RegularFile: an open regular file or directory: a node, an offset, flags.
/// Source: POSIX read(), write(), lseek().
#pragma once
#include <string>

#include "kernel/file.h"

namespace nacre {

class RegularFile : public File {
 public:
  RegularFile(Node node, uint32_t flags, std::string path);
  ~RegularFile() override;
  Result<size_t> read(Process& p, std::span<char> out) override;
  Result<size_t> write(Process& p, std::string_view data) override;
  Result<size_t> receive(Process& p, File& from) override;
  Result<size_t> pread(Process& p, std::span<char> out, uint64_t offset) override;
  Result<size_t> pwrite(Process& p, std::string_view data, uint64_t offset) override;
  Result<uint64_t> seek(int64_t offset, Whence whence) override;
  Result<Stat> stat() override;
  Result<void> truncate(uint64_t size) override;
  Result<std::string_view> borrow(Process& p) override;
  void consume(size_t n) override { offset_ += n; }
  Node node() const override { return node_; }
  std::string description() const override { return path_; }

 private:
  Node node_;
  uint64_t offset_ = 0;
  std::string path_;
};

}  // namespace nacre
