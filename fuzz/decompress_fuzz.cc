// The decoders of gzip, bzip2, xz, lzma and zstd: any bytes, cut anywhere, decode or fail.
#include "algo/bzip2.h"
#include "algo/gzip.h"
#include "algo/lzw.h"
#include "algo/xz.h"
#include "algo/zstd.h"
#include "driver.h"

FUZZ_TARGET(text) {
  using namespace nacre;
  unsigned which = fuzz::take_byte(text), piece = 1 + fuzz::take_byte(text);
  GzipHeader header;
  std::unique_ptr<Codec> codec;
  switch (which % 6) {
    case 0: codec = make_gunzip(&header, which & 64); break;
    case 1: codec = make_bunzip2(which & 64); break;
    case 2: codec = make_unxz(XzFormat::Auto, 32 << 20); break;
    case 3: codec = make_unzstd(20); break;
    case 4: codec = make_uncompress(); break;
    default: codec = make_inflate(); break;
  }
  char buffer[4096];
  size_t made = 0;
  CodecStatus status = CodecStatus::More;
  while (status == CodecStatus::More && made < (4u << 20)) {
    std::string_view in = text.substr(0, piece);
    size_t before = in.size();
    std::span<char> out(buffer);
    status = run_codec(*codec, in, out, before == text.size());
    text.remove_prefix(before - in.size());
    made += sizeof buffer - out.size();
  }
}
