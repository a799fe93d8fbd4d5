/// ArchiveWriter, ArchiveReader: the tar of an exported session as a stream of bytes, compressed with zstd. Its last
/// member, "digest", has the SHA-256 of all bytes before it. What is read may be hostile: anything but what the writer
/// writes is an error; only whether it is compressed does not matter.
///
/// Threads: one. Source: POSIX pax; RFC 8878.
#pragma once
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "algo/digest.h"
#include "algo/zstd.h"
#include "commands/tar/entry.h"
#include "nacre/error.h"

namespace nacre {

class ArchiveWriter {
 public:
  /// `write`: false when it cannot.
  explicit ArchiveWriter(std::function<bool(std::string_view)> write);
  /// `e.stored` bytes follow by data().
  void entry(const TarEntry& e);
  void data(std::string_view bytes);
  /// The end of the archive. False: something could not be written.
  bool finish();
  bool good() const { return good_; }

 private:
  void put(std::string_view bytes, bool last = false);
  std::function<bool(std::string_view)> write_;
  std::unique_ptr<Codec> codec_;
  std::unique_ptr<Digest> digest_;
  std::string out_;
  uint64_t left_ = 0, pad_ = 0;
  bool good_ = true;
};

class ArchiveReader {
 public:
  /// `read`: how many bytes; 0: the end; negative: an error.
  explicit ArchiveReader(std::function<int64_t(std::span<char>)> read);
  /// Passes over what is left of the last member. False: the end of an archive that is whole, or error().
  bool next(TarEntry& e);
  /// Of the data stored for this member, in order, at most so much; "" at their end or after an error.
  std::string_view data(uint64_t most = UINT64_MAX);
  /// "" or one line.
  const std::string& error() const { return error_; }

 private:
  std::string_view some();          ///< bytes at hand; "": the end
  bool block(std::string* out);
  bool text(uint64_t size, std::string* out);
  bool sparse_map(TarEntry& e);
  bool end(std::string_view header);
  bool fail(const std::string& what);
  void take(size_t n);

  std::function<int64_t(std::span<char>)> read_;
  std::unique_ptr<Codec> codec_;
  std::unique_ptr<Digest> digest_;  // null: at its end
  std::string in_, out_;
  std::string_view raw_, have_;     // of in_, and what is to be read
  uint64_t left_ = 0, pad_ = 0;
  bool begun_ = false, plain_ = false, ended_ = false, end_of_input_ = false;
  std::string error_;
};

}  // namespace nacre
