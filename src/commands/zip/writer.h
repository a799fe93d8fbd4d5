/// ZipWriter: the members of a new archive, one after the other, into a file that
/// can be sought in, or a stream.
#pragma once
#include <functional>

#include "commands/text_io.h"
#include "commands/zip/cipher.h"
#include "commands/zip/directory.h"

namespace nacre {

class ZipWriter {
 public:
  /// `seekable`: headers are completed afterwards and what does not shrink is stored.
  ZipWriter(Process& p, int fd, bool seekable) : p_(p), fd_(fd), seekable_(seekable) {}
  /// What is added from here on is encrypted; "" (the default): not.
  void set_method(uint16_t method) { method_ = method; }
  void set_password(const std::string& password) { password_ = password; }
  /// Writes a member from `in`; sets method, sizes and crc of `e`. `local_extra` is its local extra
  /// field. OK, or why reading or writing failed. `convert` changes each piece (-l, -ll).
  Errno add(ZipEntry& e, const std::string& local_extra, Input& in, int level, bool store, const std::function<std::string(std::string_view)>& convert);
  /// A member whose content is at hand: links, directories.
  Errno add_text(ZipEntry& e, const std::string& local_extra, std::string_view text);
  /// A member of another archive, as it is there.
  Errno copy(ZipEntry& e, int from_fd, uint64_t from, uint64_t size);
  /// What stands before the first member, as it is.
  Errno copy_bytes(int from_fd, uint64_t from, uint64_t size);
  void set_comment(size_t entry, const std::string& text) { entries_[entry].comment = text; }
  /// The central directory.
  Errno finish(const std::string& comment);
  const std::vector<ZipEntry>& entries() const { return entries_; }
  /// What the last member looks like, and noting it in the directory.
  bool is_text() const { return text_; }
  void mark_text() { entries_.back().internal |= 1; }

 private:
  Errno write(std::string_view s);
  /// Of a member's data: through the cipher, if there is one.
  Errno write_data(std::string_view s);
  Errno begin_cipher(const ZipEntry& e);
  Errno write_descriptor(const ZipEntry& e);
  Errno rewrite_header(const ZipEntry& e, const std::string& extra);
  Errno store_again(ZipEntry& e, const std::string& extra, const std::string& held, uint64_t data);
  Process& p_;
  int fd_;
  bool seekable_;
  uint64_t at_ = 0;
  uint16_t method_ = 8;
  bool text_ = false;
  std::vector<ZipEntry> entries_;
  std::string password_;
  std::optional<ZipCipher> cipher_;   ///< of the member that is being written
};

}  // namespace nacre
