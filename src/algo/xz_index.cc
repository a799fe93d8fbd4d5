#include <lzma.h>

#include <algorithm>
#include <cstdlib>

#include "algo/xz.h"

namespace nacre {

XzIndex::~XzIndex() { lzma_index_end(index_, nullptr); }

CodecStatus XzIndex::load(XzFileReader& file, uint64_t size) {
  lzma_stream z = LZMA_STREAM_INIT;
  if (lzma_file_info_decoder(&z, &index_, uint64_t{256} << 20, size) != LZMA_OK) return CodecStatus::Memory;
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
  lzma_end(&z);
  switch (r) {
    case LZMA_STREAM_END: return CodecStatus::End;
    case LZMA_OK:
    case LZMA_BUF_ERROR: return CodecStatus::Truncated;
    case LZMA_FORMAT_ERROR: return CodecStatus::Format;
    case LZMA_MEM_ERROR:
    case LZMA_MEMLIMIT_ERROR: return CodecStatus::Memory;
    case LZMA_OPTIONS_ERROR: return CodecStatus::Unsupported;
    default: return CodecStatus::Data;
  }
}

XzInfo XzIndex::info() const {
  XzInfo info;
  info.streams = lzma_index_stream_count(index_);
  info.blocks = lzma_index_block_count(index_);
  info.compressed = lzma_index_file_size(index_);
  info.uncompressed = lzma_index_uncompressed_size(index_);
  info.checks = lzma_index_checks(index_);
  each_stream([&](const XzStreamInfo& s) { info.padding += s.padding; });
  return info;
}

void XzIndex::each_stream(const std::function<void(const XzStreamInfo&)>& fn) const {
  lzma_index_iter it;
  lzma_index_iter_init(&it, index_);
  while (!lzma_index_iter_next(&it, LZMA_INDEX_ITER_STREAM)) {
    const auto& s = it.stream;
    fn({s.number, s.block_count, s.compressed_offset, s.uncompressed_offset, s.compressed_size, s.uncompressed_size, s.padding,
        s.flags ? static_cast<uint32_t>(s.flags->check) : 0});
  }
}

namespace {

/// What the header of a block tells. Source: The .xz File Format 1.1.0, 3.1.
CodecStatus read_header(XzFileReader& file, const lzma_index_iter& it, XzBlockInfo& b) {
  uint8_t header[LZMA_BLOCK_HEADER_SIZE_MAX];
  auto bytes = [&](size_t n) { return std::span<char>(reinterpret_cast<char*>(header), n); };
  if (!file.read(b.compressed_offset, bytes(1)) || header[0] == 0) return CodecStatus::Data;
  lzma_filter filters[LZMA_FILTERS_MAX + 1];
  lzma_block block{};
  block.version = 0;
  block.check = static_cast<lzma_check>(b.check);
  block.filters = filters;
  block.header_size = lzma_block_header_size_decode(header[0]);
  if (!file.read(b.compressed_offset, bytes(block.header_size))) return CodecStatus::Truncated;
  lzma_ret r = lzma_block_header_decode(&block, nullptr, header);
  if (r != LZMA_OK) return r == LZMA_OPTIONS_ERROR ? CodecStatus::Unsupported : CodecStatus::Data;
  b.has_compressed = block.compressed_size != LZMA_VLI_UNKNOWN;
  b.has_uncompressed = block.uncompressed_size != LZMA_VLI_UNKNOWN;
  const bool wrong_size = b.has_uncompressed && block.uncompressed_size != b.uncompressed;
  r = wrong_size ? LZMA_DATA_ERROR : lzma_block_compressed_size(&block, it.block.unpadded_size);
  if (r == LZMA_OK) {
    b.header = block.header_size;
    b.compressed = block.compressed_size;
    b.memory = lzma_raw_decoder_memusage(filters);
    for (const lzma_filter* f = filters; f->id != LZMA_VLI_UNKNOWN; f++) {
      if (f->id == LZMA_FILTER_ARM64) b.least_version = std::max(b.least_version, 50040002u);
      // Versions before did not read an empty LZMA2 stream.
      if (f->id == LZMA_FILTER_LZMA2 && b.uncompressed == 0) b.least_version = std::max(b.least_version, 50000022u);
    }
    char* text = nullptr;
    if (lzma_str_from_filters(&text, filters, LZMA_STR_DECODER | LZMA_STR_GETOPT_LONG, nullptr) == LZMA_OK) b.filters = text;
    std::free(text);
    b.check_value.resize(lzma_check_size(block.check));
    if (!file.read(b.compressed_offset + b.total - b.check_value.size(), b.check_value)) r = LZMA_DATA_ERROR;
  }
  lzma_filters_free(filters, nullptr);
  return r == LZMA_OK ? CodecStatus::End : CodecStatus::Data;
}

}  // namespace

CodecStatus XzIndex::each_block(XzFileReader* file, const std::function<bool(const XzBlockInfo&)>& fn) const {
  lzma_index_iter it;
  lzma_index_iter_init(&it, index_);
  while (!lzma_index_iter_next(&it, LZMA_INDEX_ITER_BLOCK)) {
    XzBlockInfo b{};
    b.least_version = 50000002;
    b.stream = it.stream.number;
    b.number = it.block.number_in_stream;
    b.number_in_file = it.block.number_in_file;
    b.compressed_offset = it.block.compressed_file_offset;
    b.uncompressed_offset = it.block.uncompressed_file_offset;
    b.total = it.block.total_size;
    b.uncompressed = it.block.uncompressed_size;
    b.check = it.stream.flags ? static_cast<uint32_t>(it.stream.flags->check) : 0;
    if (file) {
      if (CodecStatus status = read_header(*file, it, b); status != CodecStatus::End) return status;
    }
    if (!fn(b)) break;
  }
  return CodecStatus::End;
}

}  // namespace nacre
