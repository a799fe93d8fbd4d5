/// Codec: one direction of one compression format as a stream: gzip, bzip2, xz,
/// zstd and bare deflate have this one shape, so that a command that compresses
/// need not know with what.
///
/// A Codec is fed pieces of input and fills pieces of output; it keeps bounded
/// state of its own, whose size memory() tells, and never throws. It handles one
/// stream (member): after End a new one begins with a new Codec.
/// Ownership: a value behind unique_ptr. Threads: one at a time.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace nacre {

enum class CodecStatus : uint8_t {
  More,         ///< all input used, or the output is full: go on
  End,          ///< the stream is complete; what is left of the input is not part of it
  Format,       ///< not this format at all
  Data,         ///< damaged
  Check,        ///< a checksum does not match
  Length,       ///< the length stated at the end does not match (gzip)
  Unsupported,  ///< valid, but uses what is not known (methods, checks, encryption)
  Memory,       ///< needs more memory than allowed
  Truncated,    ///< the input ended too early (told by run_codec())
};

class Codec {
 public:
  virtual ~Codec() = default;
  /// Takes from the front of `in` and writes to the front of `out`; both shrink by what was
  /// used. `last`: no input follows `in`. After anything but More the Codec is spent.
  virtual CodecStatus run(std::string_view& in, std::span<char>& out, bool last) = 0;
  /// Bytes the state takes now. May grow while it runs (a dictionary's size is in a header).
  virtual uint64_t memory() const = 0;
};

/// run(), telling a stream that ended too early from one that wants more.
inline CodecStatus run_codec(Codec& codec, std::string_view& in, std::span<char>& out, bool last) {
  size_t room = out.size();
  CodecStatus status = codec.run(in, out, last);
  return status == CodecStatus::More && last && in.empty() && out.size() == room ? CodecStatus::Truncated : status;
}

}  // namespace nacre
