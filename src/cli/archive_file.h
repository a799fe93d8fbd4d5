/// The files of nacre export and import: "-" is standard output, or input.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace nacre::cli {

/// A file that appears under its name when it is whole, and not before; what was there stays until then.
class NewFile {
 public:
  explicit NewFile(const std::string& name);
  ~NewFile();
  NewFile(const NewFile&) = delete;
  bool write(std::string_view bytes);
  bool finish();
  /// "" or what the system said.
  const std::string& error() const { return error_; }

 private:
  bool fail(int code);
  std::string name_, temporary_, error_;
  int fd_ = 1;
};

class OldFile {
 public:
  explicit OldFile(const std::string& name);
  ~OldFile();
  OldFile(const OldFile&) = delete;
  /// How many bytes; 0: the end; -1: error().
  int64_t read(std::span<char> out);
  const std::string& error() const { return error_; }

 private:
  std::string error_;
  int fd_ = 0;
};

bool is_terminal(int fd);

}  // namespace nacre::cli
