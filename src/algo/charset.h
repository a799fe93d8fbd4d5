/// CharsetConverter: text from one character set to another, block by block.
/// The C library's iconv does it, but for runs of ASCII where a byte is one in both sets; names with odd characters are refused before they
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

  /// Null: no such conversion. The names may end in //TRANSLIT or //IGNORE. `whole_calls`: each
  /// convert() is one call of the library's, as an error's position with //IGNORE depends on that.
  static std::unique_ptr<CharsetConverter> open(const std::string& to, const std::string& from, bool whole_calls = false);
  ~CharsetConverter();
  CharsetConverter(const CharsetConverter&) = delete;

  /// Appends to `out` and takes what was converted off `in`. Incomplete: more bytes of the
  /// last character are needed. Illegal: `in` begins with what cannot be converted; or, when it is
  /// empty, //IGNORE left something out.
  Status convert(std::string_view& in, std::string& out);
  /// The same into `room`, which becomes what is left of it. Full: there is more than fits; 64 bytes
  /// hold any character.
  Status convert(std::string_view& in, std::span<char>& room);
  /// Ends a text: back to the initial state.
  void finish(std::string& out);

 private:
  /// What becomes of a byte of ASCII.
  enum class Ascii : uint8_t { Unknown, Same, Little, Big };
  CharsetConverter(void* handle, Ascii ascii, bool ignores) : handle_(handle), ascii_(ascii), ignores_(ignores) {}
  static Ascii ascii_between(const std::string& to, const std::string& from);
  size_t ascii_run(std::string_view in, std::span<char>& room);

  void* handle_;
  Ascii ascii_;
  bool ignores_;            // goes on behind what cannot be converted
  bool begun_ = false;      // what comes before the first character is written
  bool left_out_ = false;   // //IGNORE did so, which is to be told when all is done
};

/// The names that open() knows, between blanks, in order; each as people write it ("LATIN1//").
std::string_view charset_names();

}  // namespace nacre
