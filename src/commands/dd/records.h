/// records: what dd does to bytes on their way: character sets, and lines made records of one size
/// and back. Source: POSIX XCU dd (the EBCDIC tables; the values are GNU's, which differ in few).
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace nacre {

using ByteTable = std::array<unsigned char, 256>;
ByteTable ascii_to_ebcdic();
ByteTable ascii_to_ibm();
ByteTable ebcdic_to_ascii();

/// conv=block: each line becomes `size` bytes, cut or filled with spaces. conv=unblock: each `size`
/// bytes become a line without its spaces at the end. Keeps what is between two calls of feed().
class Records {
 public:
  enum class Kind : uint8_t { None, Block, Unblock };
  /// `space` and `newline` as the data has them, after its translation.
  Records(Kind kind, uint64_t size, char space, char newline) : kind_(kind), size_(size), space_(space), newline_(newline) {}

  Kind kind() const { return kind_; }
  /// Appends to out what `data` gives. Spaces are counted, so that a record needs no memory.
  void feed(std::string_view data, std::string& out);
  /// The end of the last record.
  void finish(std::string& out);
  uint64_t truncated() const { return truncated_; }

 private:
  void block(std::string_view data, std::string& out);
  void unblock(std::string_view data, std::string& out);

  Kind kind_;
  uint64_t size_;
  char space_, newline_;
  uint64_t column_ = 0, spaces_ = 0, truncated_ = 0;
};

}  // namespace nacre
