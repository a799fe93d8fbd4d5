#include "algo/xz.h"

#include <lzma.h>

#include <algorithm>
#include <cstdlib>

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
  explicit Xz(const XzOptions& o) : memory_(xz_encoder_memory(o)) {
    if (o.format != XzFormat::Xz) return;
    block_ = o.block_size;
    list_ = o.block_list;
    blocks_ = block_ || !list_.empty();
    next_block();
  }
  bool begin(const XzOptions& o, Filters& filters) {
    constexpr lzma_check checks[] = {LZMA_CHECK_NONE, LZMA_CHECK_CRC32, LZMA_CHECK_CRC64, LZMA_CHECK_SHA256};
    switch (o.format) {
      case XzFormat::Lzma: return lzma_alone_encoder(&z_, static_cast<lzma_options_lzma*>(filters.get()[0].options)) == LZMA_OK;
      case XzFormat::Raw: return lzma_raw_encoder(&z_, filters.get()) == LZMA_OK;
      default: return lzma_stream_encoder(&z_, filters.get(), checks[static_cast<int>(o.check)]) == LZMA_OK;
    }
  }
  CodecStatus run(std::string_view& in, std::span<char>& out, bool last) override {
    if (!blocks_) return status_of(step(in, out, last ? LZMA_FINISH : LZMA_RUN));
    while (true) {
      if (left_ == 0) {   // ends the block
        std::string_view none;
        lzma_ret r = step(none, out, LZMA_FULL_FLUSH);
        if (r == LZMA_OK) return CodecStatus::More;
        if (r != LZMA_STREAM_END) return status_of(r);
        next_block();
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
  /// The size of the block that begins: what is left of the list's, but no more than the block size.
  void next_block() {
    if (item_left_ == 0) item_left_ = list_.empty() || list_[at_] == 0 ? UINT64_MAX : list_[at_];
    left_ = block_ ? std::min(block_, item_left_) : item_left_;
    item_left_ -= left_;
    if (item_left_ == 0 && at_ + 1 < list_.size()) at_++;
  }

  uint64_t memory_, block_ = 0, left_ = 0, item_left_ = 0;
  std::vector<uint64_t> list_;
  size_t at_ = 0;
  bool blocks_ = false;
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

XzFit fit_xz_memory(XzOptions& options, uint64_t limit) {
  XzFit fit;
  Filters filters;
  if (!filters.set(options).empty()) return fit;
  lzma_filter* last = filters.get();
  fit.memory = lzma_raw_encoder_memusage(last);
  fit.fits = fit.memory <= limit;
  while (last->id != LZMA_VLI_UNKNOWN && last->id != LZMA_FILTER_LZMA2 && last->id != LZMA_FILTER_LZMA1 && last->id != LZMA_FILTER_LZMA1EXT) last++;
  if (fit.fits || last->id == LZMA_VLI_UNKNOWN) return fit;
  constexpr uint32_t kStep = 1 << 20;
  auto* lzma = static_cast<lzma_options_lzma*>(last->options);
  fit.lzma1 = last->id != LZMA_FILTER_LZMA2;
  fit.from = lzma->dict_size;
  for (lzma->dict_size &= ~(kStep - 1); lzma->dict_size >= kStep; lzma->dict_size -= kStep) {
    fit.memory = lzma_raw_encoder_memusage(filters.get());
    fit.fits = fit.memory <= limit;
    if (fit.fits) break;
  }
  if (!fit.fits) return fit;
  char* text = nullptr;
  fit.fits = lzma_str_from_filters(&text, filters.get(), LZMA_STR_ENCODER, nullptr) == LZMA_OK;
  if (!fit.fits) return fit;
  options.chain = text;
  std::free(text);
  fit.changed = true;
  fit.to = lzma->dict_size;
  return fit;
}

}  // namespace nacre
