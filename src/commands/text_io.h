/// text_io: buffered input by lines or blocks and buffered output for commands.
///
/// Input reads descriptors in blocks of 64 KiB and hands out views into its
/// buffer, so a line costs a memchr. It ticks the budget once per block and
/// charges memory for buffers that a huge line makes grow.
/// Output collects 32 KiB (per line on a terminal). finish() reports what could
/// not be written; a dying process writes nothing more.
///
/// Views are valid until the next call on the same Input.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "kernel/process.h"

namespace nacre {

class Input {
 public:
  static constexpr size_t kBlock = kBlockBytes;

  /// Takes over fd; `owned` closes it at the end. `name` is for messages.
  Input(Process& p, int fd, std::string name, bool owned = true);
  ~Input();
  Input(const Input&) = delete;

  /// The next line without its delimiter. False at the end or after an error.
  bool next_line(std::string_view& line, char delimiter = '\n') {
    const char* from = buffer_.get() + begin_;
    if (const void* hit = begin_ < end_ ? find(from, delimiter, end_ - begin_) : nullptr) {
      size_t n = static_cast<size_t>(static_cast<const char*>(hit) - from);
      line = {from, n};
      begin_ += n + 1;
      terminated_ = true;
      return true;
    }
    return next_line_slow(line, delimiter);
  }
  /// True when the last line ended in its delimiter (false only for the last of a file).
  bool terminated() const { return terminated_; }
  /// True when another byte can be read; may wait for it.
  bool more();

  /// What is buffered, at least one byte unless at the end. Take it with consume().
  std::string_view block();
  /// What is buffered now; reads nothing, so that views stay valid.
  std::string_view buffered() const { return {buffer_.get() + begin_, end_ - begin_}; }
  /// Tries to have at least n bytes in the block (less only at the end).
  std::string_view block(size_t n);
  void consume(size_t n) { begin_ += n; }
  /// Reads everything that is left. The memory is charged while this Input lives.
  std::string_view all();

  /// Gives bytes that were read but not consumed back to a descriptor that can seek, so that
  /// the next reader of a shared descriptor finds them.
  void give_back();

  /// Reads single bytes from here on, so that nothing is taken from a pipe that is not consumed.
  void set_unbuffered() { bytewise_ = true; }

  Errno error() const { return error_; }
  const std::string& name() const { return name_; }
  int fd() const { return fd_; }
  Process& process() { return p_; }

 private:
  static const void* find(const char* from, char c, size_t n) { return __builtin_memchr(from, c, n); }
  bool next_line_slow(std::string_view& line, char delimiter);
  bool fill();
  void reserve(size_t n);

  Process& p_;
  int fd_;
  bool owned_;
  std::string name_;
  Buffer buffer_;
  size_t capacity_ = 0, begin_ = 0, end_ = 0;
  uint64_t charged_ = 0;
  bool terminated_ = true;
  bool at_end_ = false, bytewise_ = false;
  Errno error_ = Errno::OK;
};

class Output {
 public:
  static constexpr size_t kBlock = 32 * 1024;   ///< sent when full; the buffer itself is a pooled one

  explicit Output(Process& p, int fd = 1, int error_status = 1);
  Output(const Output&) = delete;

  void write(std::string_view s) {
    if (s.size() > kBlock - used_) return write_slow(s);
    __builtin_memcpy(buffer_.get() + used_, s.data(), s.size());
    used_ += s.size();
    if (per_line_) after_line(s);
  }
  void put(char c) {
    if (used_ == kBlock) flush();
    buffer_[used_++] = c;
    if (per_line_ && c == '\n') flush();
  }
  /// write() and put() of the delimiter.
  void line(std::string_view s, char delimiter = '\n') {
    write(s);
    put(delimiter);
  }
  /// Room for n <= kBlock bytes; what was put there take() adds to the output.
  char* room(size_t n) {
    if (n > kBlock - used_) flush();
    return buffer_.get() + used_;
  }
  void take(size_t n) {
    used_ += n;
    if (per_line_) after_line({buffer_.get() + used_ - n, n});
  }
  void format(const char* fmt, ...) __attribute__((format(printf, 2, 3)));
  void number(int64_t n);
  /// Sends what is buffered. On an error: "NAME: write error: ..." and the process exits.
  void flush();
  void set_line_buffered(bool on) { per_line_ = on; }
  /// flush(), then the status.
  int finish(int status);

 private:
  void write_slow(std::string_view s);
  void after_line(std::string_view s);
  void send(std::string_view s);

  Process& p_;
  int fd_;
  int error_status_;
  bool per_line_;
  size_t used_ = 0;
  Buffer buffer_;
};

/// Opens a file for reading; "-" is standard input. Null after "NAME: FILE: reason".
std::unique_ptr<Input> open_input(Process& p, const std::string& file);
/// "NAME: FILE: reason" if the input ended in an error; true if so.
bool report_read_error(Process& p, const Input& in);
/// Runs fn over each file ("-" and an empty list: standard input), reporting what cannot be
/// opened or read. Status 0, or 1 if anything failed or fn returned false.
int for_each_input(Process& p, const std::vector<std::string>& files, const std::function<bool(Input&)>& fn);
/// Everything in a file. For scripts (sed -f, awk -f), not data.
Result<std::string> read_file(Process& p, const std::string& file);
/// Writes all of it to stderr, as one write.
void write_error(Process& p, std::string_view text);

}  // namespace nacre
