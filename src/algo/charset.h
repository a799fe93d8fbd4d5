/// CharsetConverter: text from one character set to another, block by block.
/// The C library's iconv does it; names with odd characters are refused before they
/// get there. One thread at a time. Source: POSIX XSH iconv(); glibc manual 6.5.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace nacre {

class CharsetConverter {
 public:
  enum class Status { Done, Incomplete, Illegal, Full };

  /// Null: no such conversion. The names may end in //TRANSLIT or //IGNORE.
  static std::unique_ptr<CharsetConverter> open(const std::string& to, const std::string& from);
  ~CharsetConverter();
  CharsetConverter(const CharsetConverter&) = delete;

  /// Appends to `out` and takes what was converted off `in`. Incomplete: more bytes of the
  /// last character are needed. Illegal: `in` begins with what cannot be converted (or, with
  /// //IGNORE, something was left out).
  Status convert(std::string_view& in, std::string& out);
  /// The same into `room`, which becomes what is left of it. Full: there is more than fits; 64 bytes
  /// hold any character.
  Status convert(std::string_view& in, std::span<char>& room);
  /// Ends a text: back to the initial state.
  void finish(std::string& out);

 private:
  explicit CharsetConverter(void* handle) : handle_(handle) {}
  void* handle_;
};

}  // namespace nacre
