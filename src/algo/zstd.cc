#define ZSTD_STATIC_LINKING_ONLY   // frame headers and sizes of contexts; the library is linked statically
#include "algo/zstd.h"

#include <zstd.h>
#include <zstd_errors.h>

namespace nacre {
namespace {

class Zstd final : public Codec {
 public:
  explicit Zstd(const ZstdOptions& o) : context_(ZSTD_createCCtx()) {
    if (!context_) return;
    auto set = [&](ZSTD_cParameter name, int value) { ZSTD_CCtx_setParameter(context_, name, value); };
    set(ZSTD_c_compressionLevel, o.level);
    set(ZSTD_c_checksumFlag, o.checksum);
    set(ZSTD_c_contentSizeFlag, o.content_size);
    if (o.long_distance) set(ZSTD_c_enableLongDistanceMatching, 1);
    if (o.window_log) set(ZSTD_c_windowLog, o.window_log);
    if (o.size_hint) set(ZSTD_c_srcSizeHint, static_cast<int>(o.size_hint > 1u << 30 ? 1u << 30 : o.size_hint));
    if (o.size != UINT64_MAX) ZSTD_CCtx_setPledgedSrcSize(context_, o.size);
    if (!o.dictionary.empty()) ZSTD_CCtx_loadDictionary(context_, o.dictionary.data(), o.dictionary.size());
    // What it will take, before it is taken.
    ZSTD_compressionParameters p = ZSTD_getCParams(o.level, o.size == UINT64_MAX ? ZSTD_CONTENTSIZE_UNKNOWN : o.size, o.dictionary.size());
    if (o.window_log) p.windowLog = static_cast<unsigned>(o.window_log);
    memory_ = ZSTD_estimateCStreamSize_usingCParams(p);
    if (ZSTD_isError(memory_)) memory_ = 64 << 20;
  }
  ~Zstd() override { ZSTD_freeCCtx(context_); }
  CodecStatus run(std::string_view& in, std::span<char>& out, bool last) override {
    if (!context_) return CodecStatus::Memory;
    ZSTD_inBuffer source = {in.data(), in.size(), 0};
    ZSTD_outBuffer target = {out.data(), out.size(), 0};
    size_t r = ZSTD_compressStream2(context_, &target, &source, last ? ZSTD_e_end : ZSTD_e_continue);
    in.remove_prefix(source.pos);
    out = out.subspan(target.pos);
    if (ZSTD_isError(r)) return ZSTD_getErrorCode(r) == ZSTD_error_srcSize_wrong ? CodecStatus::Length : CodecStatus::Memory;
    return last && r == 0 ? CodecStatus::End : CodecStatus::More;
  }
  uint64_t memory() const override { return memory_; }

 private:
  ZSTD_CCtx* context_;
  uint64_t memory_ = 0;
};

class Unzstd final : public Codec {
 public:
  Unzstd(int window_log_max, const std::string& dictionary, bool ignore_checksum) : context_(ZSTD_createDCtx()) {
    if (!context_) return;
    ZSTD_DCtx_setParameter(context_, ZSTD_d_windowLogMax, window_log_max);
    if (ignore_checksum) ZSTD_DCtx_setParameter(context_, ZSTD_d_forceIgnoreChecksum, ZSTD_d_ignoreChecksum);
    if (!dictionary.empty()) ZSTD_DCtx_loadDictionary(context_, dictionary.data(), dictionary.size());
  }
  ~Unzstd() override { ZSTD_freeDCtx(context_); }
  CodecStatus run(std::string_view& in, std::span<char>& out, bool) override {
    if (!context_) return CodecStatus::Memory;
    ZSTD_inBuffer source = {in.data(), in.size(), 0};
    ZSTD_outBuffer target = {out.data(), out.size(), 0};
    size_t r = ZSTD_decompressStream(context_, &target, &source);
    in.remove_prefix(source.pos);
    out = out.subspan(target.pos);
    if (r == 0) return CodecStatus::End;
    if (!ZSTD_isError(r)) return CodecStatus::More;
    switch (ZSTD_getErrorCode(r)) {
      case ZSTD_error_prefix_unknown: return CodecStatus::Format;
      case ZSTD_error_checksum_wrong: return CodecStatus::Check;
      case ZSTD_error_frameParameter_windowTooLarge:
      case ZSTD_error_memory_allocation: return CodecStatus::Memory;
      case ZSTD_error_frameParameter_unsupported:
      case ZSTD_error_version_unsupported:
      case ZSTD_error_dictionary_wrong: return CodecStatus::Unsupported;
      default: return CodecStatus::Data;
    }
  }
  uint64_t memory() const override { return context_ ? ZSTD_sizeof_DStream(context_) : 0; }

 private:
  ZSTD_DCtx* context_;
};

}  // namespace

std::unique_ptr<Codec> make_zstd(const ZstdOptions& options) { return std::make_unique<Zstd>(options); }
std::unique_ptr<Codec> make_unzstd(int window_log_max, const std::string& dictionary, bool ignore_checksum) {
  return std::make_unique<Unzstd>(window_log_max, dictionary, ignore_checksum);
}

bool read_zstd_frame(std::string_view bytes, ZstdFrame& frame) {
  ZSTD_frameHeader h;
  if (ZSTD_getFrameHeader(&h, bytes.data(), bytes.size()) != 0) return false;
  frame.skippable = h.frameType == ZSTD_skippableFrame;
  if (h.frameContentSize != ZSTD_CONTENTSIZE_UNKNOWN) frame.content_size = h.frameContentSize;
  frame.window = h.windowSize;
  frame.dictionary = h.dictID;
  frame.checksum = h.checksumFlag;
  frame.header_size = h.headerSize;
  return true;
}

}  // namespace nacre
