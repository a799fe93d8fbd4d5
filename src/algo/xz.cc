#include "algo/xz.h"

#include <lzma.h>

#include <algorithm>

namespace nacre {
namespace {

/// A chain of filters, freed at the end.
class Filters {
 public:
  Filters() { list_[0].id = LZMA_VLI_UNKNOWN; }
  ~Filters() { lzma_filters_free(list_, nullptr); }
  Filters(const Filters&) = delete;
  /// "" or what is wrong.
  std::string set(const XzOptions& o) {
    std::string text = o.chain;
    bool old = o.format == XzFormat::Lzma;
    if (text.empty()) text = std::string(old ? "lzma1" : "lzma2") + ":preset=" + std::to_string(o.preset) + (o.extreme ? "e" : "");
    // The .lzma format and raw streams take filters that .xz does not.
    uint32_t flags = o.format == XzFormat::Xz ? 0u : uint32_t{LZMA_STR_ALL_FILTERS};
    if (const char* error = lzma_str_to_filters(text.c_str(), nullptr, list_, flags, nullptr)) return error;
    return "";
  }
  lzma_filter* get() { return list_; }

 private:
  lzma_filter list_[LZMA_FILTERS_MAX + 1];
};

CodecStatus status_of(lzma_ret r) {
  switch (r) {
    case LZMA_OK:
    case LZMA_BUF_ERROR: return CodecStatus::More;
    case LZMA_STREAM_END: return CodecStatus::End;
    case LZMA_FORMAT_ERROR: return CodecStatus::Format;
    case LZMA_MEM_ERROR:
    case LZMA_MEMLIMIT_ERROR: return CodecStatus::Memory;
    case LZMA_OPTIONS_ERROR:
    case LZMA_UNSUPPORTED_CHECK: return CodecStatus::Unsupported;
    default: return CodecStatus::Data;
  }
}

class Lzma : public Codec {
 public:
  ~Lzma() override { lzma_end(&z_); }

 protected:
  lzma_ret step(std::string_view& in, std::span<char>& out, lzma_action action) {
    z_.next_in = reinterpret_cast<const uint8_t*>(in.data());
    z_.avail_in = in.size();
    z_.next_out = reinterpret_cast<uint8_t*>(out.data());
    z_.avail_out = out.size();
    lzma_ret r = lzma_code(&z_, action);
    in.remove_prefix(in.size() - z_.avail_in);
    out = out.subspan(out.size() - z_.avail_out);
    return r;
  }
  lzma_stream z_ = LZMA_STREAM_INIT;
};

class Xz final : public Lzma {
 public:
  explicit Xz(const XzOptions& o) : memory_(xz_encoder_memory(o)), block_(o.format == XzFormat::Xz ? o.block_size : 0), left_(block_) {}
  bool begin(const XzOptions& o, Filters& filters) {
    constexpr lzma_check checks[] = {LZMA_CHECK_NONE, LZMA_CHECK_CRC32, LZMA_CHECK_CRC64, LZMA_CHECK_SHA256};
    switch (o.format) {
      case XzFormat::Lzma: return lzma_alone_encoder(&z_, static_cast<lzma_options_lzma*>(filters.get()[0].options)) == LZMA_OK;
      case XzFormat::Raw: return lzma_raw_encoder(&z_, filters.get()) == LZMA_OK;
      default: return lzma_stream_encoder(&z_, filters.get(), checks[static_cast<int>(o.check)]) == LZMA_OK;
    }
  }
  CodecStatus run(std::string_view& in, std::span<char>& out, bool last) override {
    if (!block_) return status_of(step(in, out, last ? LZMA_FINISH : LZMA_RUN));
    while (true) {
      if (left_ == 0) {   // ends the block
        std::string_view none;
        lzma_ret r = step(none, out, LZMA_FULL_FLUSH);
        if (r == LZMA_OK) return CodecStatus::More;
        if (r != LZMA_STREAM_END) return status_of(r);
        left_ = block_;
      }
      std::string_view piece = in.substr(0, left_);
      size_t size = piece.size();
      lzma_ret r = step(piece, out, last && size == in.size() ? LZMA_FINISH : LZMA_RUN);
      in.remove_prefix(size - piece.size());
      left_ -= size - piece.size();
      if (r != LZMA_OK || out.empty() || in.empty()) return status_of(r);
    }
  }
  uint64_t memory() const override { return memory_; }

 private:
  uint64_t memory_, block_, left_;
};

class Unxz final : public Lzma {
 public:
  bool begin(XzFormat format, uint64_t limit, bool ignore_check, Filters& filters) {
    uint32_t flags = ignore_check ? uint32_t{LZMA_IGNORE_CHECK} : 0u;
    switch (format) {
      case XzFormat::Xz: return lzma_stream_decoder(&z_, limit, flags) == LZMA_OK;
      case XzFormat::Lzma: return lzma_alone_decoder(&z_, limit) == LZMA_OK;
      case XzFormat::Raw: return lzma_raw_decoder(&z_, filters.get()) == LZMA_OK;
      default: return lzma_auto_decoder(&z_, limit, flags) == LZMA_OK;
    }
  }
  CodecStatus run(std::string_view& in, std::span<char>& out, bool last) override { return status_of(step(in, out, last ? LZMA_FINISH : LZMA_RUN)); }
  uint64_t memory() const override { return lzma_memusage(const_cast<lzma_stream*>(&z_)); }
};

}  // namespace

std::unique_ptr<Codec> make_xz(const XzOptions& options, std::string* error) {
  Filters filters;
  std::string wrong = filters.set(options);
  if (error) *error = wrong;
  if (!wrong.empty()) return nullptr;
  auto codec = std::make_unique<Xz>(options);
  if (!codec->begin(options, filters)) {
    if (error) *error = "Unsupported filter chain or filter options";
    return nullptr;
  }
  return codec;
}

std::unique_ptr<Codec> make_unxz(XzFormat format, uint64_t memory_limit, const XzOptions& options, bool ignore_check, std::string* error) {
  Filters filters;
  if (format == XzFormat::Raw) {
    std::string wrong = filters.set(options);
    if (error) *error = wrong;
    if (!wrong.empty()) return nullptr;
  }
  auto codec = std::make_unique<Unxz>();
  return codec->begin(format, memory_limit, ignore_check, filters) ? std::move(codec) : nullptr;
}

uint64_t xz_encoder_memory(const XzOptions& options) {
  Filters filters;
  return filters.set(options).empty() ? lzma_raw_encoder_memusage(filters.get()) : 0;
}

uint64_t xz_decoder_memory(const XzOptions& options) {
  Filters filters;
  return filters.set(options).empty() ? lzma_raw_decoder_memusage(filters.get()) : 0;
}

CodecStatus read_xz_info(XzFileReader& file, uint64_t size, XzInfo& info) {
  lzma_stream z = LZMA_STREAM_INIT;
  lzma_index* index = nullptr;
  if (lzma_file_info_decoder(&z, &index, uint64_t{256} << 20, size) != LZMA_OK) return CodecStatus::Memory;
  uint8_t buffer[8192];
  uint64_t at = 0;
  lzma_ret r = LZMA_OK;
  while (r == LZMA_OK || r == LZMA_SEEK_NEEDED) {
    if (r == LZMA_SEEK_NEEDED) {
      at = z.seek_pos;
      z.avail_in = 0;
    }
    if (z.avail_in == 0) {
      size_t n = static_cast<size_t>(std::min<uint64_t>(sizeof buffer, size - std::min(at, size)));
      if (n && !file.read(at, {reinterpret_cast<char*>(buffer), n})) break;
      z.next_in = buffer;
      z.avail_in = n;
      at += n;
    }
    r = lzma_code(&z, LZMA_RUN);
  }
  CodecStatus status = r == LZMA_OK || r == LZMA_BUF_ERROR ? CodecStatus::Truncated : status_of(r);
  if (status == CodecStatus::End) {
    info.streams = lzma_index_stream_count(index);
    info.blocks = lzma_index_block_count(index);
    info.compressed = lzma_index_file_size(index);
    info.uncompressed = lzma_index_uncompressed_size(index);
    info.checks = lzma_index_checks(index);
    lzma_index_iter it;
    lzma_index_iter_init(&it, index);
    while (!lzma_index_iter_next(&it, LZMA_INDEX_ITER_STREAM)) info.padding += it.stream.padding;
    info.memory = lzma_index_memused(index);
  }
  lzma_index_end(index, nullptr);
  lzma_end(&z);
  return status;
}

}  // namespace nacre
