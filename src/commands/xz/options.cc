#include "commands/xz/options.h"

#include <algorithm>

#include "commands/option_reader.h"
#include "commands/process_list.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

using O = XzCommandOptions;
using V = std::optional<std::string_view>;

// Long options without a letter have numbers from 256 on.
enum : int {
  kSingleStream = 256,
  kNoSparse,
  kFiles,
  kFiles0,
  kBlockSize,
  kBlockList,
  kMemCompress,
  kMemDecompress,
  kMemMt,
  kNoAdjust,
  kInfoMemory,
  kLzma1,
  kLzma2,
  kX86,
  kPowerpc,
  kIa64,
  kArm,
  kArmThumb,
  kArm64,
  kSparc,
  kDelta,
  kIgnoreCheck,
  kRobot,
  kFlushTimeout
};

constexpr OptionSpec kSpecs[] = {{'z', "compress", ArgKind::None},
                                 {'d', "decompress", ArgKind::None},
                                 {'d', "uncompress", ArgKind::None},
                                 {'t', "test", ArgKind::None},
                                 {'l', "list", ArgKind::None},
                                 {'k', "keep", ArgKind::None},
                                 {'f', "force", ArgKind::None},
                                 {'c', "stdout", ArgKind::None},
                                 {'c', "to-stdout", ArgKind::None},
                                 {kSingleStream, "single-stream", ArgKind::None},
                                 {kNoSparse, "no-sparse", ArgKind::None},
                                 {'S', "suffix", ArgKind::Required},
                                 {kFiles, "files", ArgKind::Optional},
                                 {kFiles0, "files0", ArgKind::Optional},
                                 {'F', "format", ArgKind::Required},
                                 {'C', "check", ArgKind::Required},
                                 {kIgnoreCheck, "ignore-check", ArgKind::None},
                                 {kBlockSize, "block-size", ArgKind::Required},
                                 {kBlockList, "block-list", ArgKind::Required},
                                 {kInfoMemory, "info-memory", ArgKind::None},
                                 {kMemCompress, "memlimit-compress", ArgKind::Required},
                                 {kMemDecompress, "memlimit-decompress", ArgKind::Required},
                                 {kMemMt, "memlimit-mt-decompress", ArgKind::Required},
                                 {'M', "memlimit", ArgKind::Required},
                                 {'M', "memory", ArgKind::Required},
                                 {kNoAdjust, "no-adjust", ArgKind::None},
                                 {'T', "threads", ArgKind::Required},
                                 {'e', "extreme", ArgKind::None},
                                 {'0', "fast", ArgKind::None},
                                 {'9', "best", ArgKind::None},
                                 {'1', "", ArgKind::None},
                                 {'2', "", ArgKind::None},
                                 {'3', "", ArgKind::None},
                                 {'4', "", ArgKind::None},
                                 {'5', "", ArgKind::None},
                                 {'6', "", ArgKind::None},
                                 {'7', "", ArgKind::None},
                                 {'8', "", ArgKind::None},
                                 {kLzma1, "lzma1", ArgKind::Optional},
                                 {kLzma2, "lzma2", ArgKind::Optional},
                                 {kX86, "x86", ArgKind::Optional},
                                 {kPowerpc, "powerpc", ArgKind::Optional},
                                 {kIa64, "ia64", ArgKind::Optional},
                                 {kArm, "arm", ArgKind::Optional},
                                 {kArmThumb, "armthumb", ArgKind::Optional},
                                 {kArm64, "arm64", ArgKind::Optional},
                                 {kSparc, "sparc", ArgKind::Optional},
                                 {kDelta, "delta", ArgKind::Optional},
                                 {'q', "quiet", ArgKind::None},
                                 {'v', "verbose", ArgKind::None},
                                 {'Q', "no-warn", ArgKind::None},
                                 {kRobot, "robot", ArgKind::None},
                                 {'h', "help", ArgKind::None},
                                 {'H', "long-help", ArgKind::None},
                                 {'V', "version", ArgKind::None}};

class Reader {
 public:
  Reader(Process& p, std::string_view usage, O& o) : p_(p), usage_(usage), o_(o), program_(p.called()) {}

  std::optional<int> run() {
    const std::string_view name = p_.name();
    if (name.find("lzma") != name.npos || name.starts_with("lz")) o_.format = XzFormat::Lzma;
    if (name.find("cat") != name.npos) {
      o_.mode = O::Decompress;
      o_.to_stdout = true;
    } else if (name.starts_with("un")) {
      o_.mode = O::Decompress;
    }
    for (const char* name : {"XZ_DEFAULTS", "XZ_OPT"}) {
      if (auto status = environment(name)) return status;
    }
    if (auto status = read(p_.argv())) return status;
    // A list is of .xz files alone; what is made is .xz unless told.
    o_.coding.format = o_.format == XzFormat::Auto ? XzFormat::Xz : o_.format;
    if (o_.mode == O::Test || o_.mode == O::List) o_.keep = true;
    return std::nullopt;
  }

 private:
  std::optional<int> environment(const char* name) {
    const char* text = p_.getenv(name);
    std::vector<std::string> argv = {program_};
    std::string_view rest = text ? text : "";
    while (true) {
      size_t from = rest.find_first_not_of(" \t\n\v\f\r");
      if (from == rest.npos) break;
      rest.remove_prefix(from);
      size_t end = std::min(rest.find_first_of(" \t\n\v\f\r"), rest.size());
      argv.emplace_back(rest.substr(0, end));
      rest.remove_prefix(end);
    }
    return read(argv, false);
  }

  std::optional<int> read(const std::vector<std::string>& argv, bool files = true) {
    OptionReader reader{p_, program_, program_ + ": Try `" + program_ + " --help' for more information.\n", 1, kSpecs};
    return reader.read(
        argv, [&](size_t k, V v) { return option(k, v); },
        [&](std::string_view f) -> std::optional<int> {
          if (files) o_.files.emplace_back(f);
          return std::nullopt;
        });
  }

  int wrong(std::string_view value, const char* what) {
    write_error(p_, program_ + ": " + std::string(value) + ": " + what + "\n");
    return 1;
  }

  std::optional<int> number(std::string_view text, uint64_t& out) {
    if (text == "max") {
      out = UINT64_MAX;
      return std::nullopt;
    }
    size_t i = 0;
    uint64_t v = 0;
    bool over = false;
    for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; i++)
      over = __builtin_mul_overflow(v, 10u, &v) || __builtin_add_overflow(v, static_cast<uint64_t>(text[i] - '0'), &v) || over;
    if (i == 0) return wrong(text, "Value is not a non-negative decimal integer");
    std::string_view suffix = text.substr(i);
    if (!suffix.empty()) {
      size_t power = std::string_view("kKmMgG").find(suffix[0]);
      std::string_view rest = suffix.substr(1);
      if (power == std::string_view::npos || !(rest.empty() || rest == "i" || rest == "iB" || rest == "B")) {
        write_error(p_, program_ + ": " + std::string(suffix) + ": Invalid multiplier suffix\n" + program_ +
                            ": Valid suffixes are `KiB' (2^10), `MiB' (2^20), and `GiB' (2^30).\n");
        return 1;
      }
      over = __builtin_mul_overflow(v, uint64_t{1} << 10 * (power / 2 + 1), &v) || over;
    }
    out = over ? UINT64_MAX : v;
    return std::nullopt;
  }
  // A limit: 0 means none; of percentages the memory of the sandbox is the whole.
  std::optional<int> limit(std::string_view text, uint64_t& out) {
    if (text.ends_with('%')) {
      uint64_t percent;
      if (auto status = number(text.substr(0, text.size() - 1), percent)) return status;
      if (percent < 1 || percent > 100) return wrong(text, "Value out of range");
      uint64_t whole = p_.budget().limits().memory_bytes;
      out = whole ? whole / 100 * percent : UINT64_MAX;
      return std::nullopt;
    }
    if (auto status = number(text, out)) return status;
    if (out == 0) out = UINT64_MAX;
    return std::nullopt;
  }

  std::optional<int> block_list(std::string_view text) {
    auto& list = o_.coding.block_list;
    list.clear();
    for (size_t at = 0; at <= text.size();) {
      size_t end = std::min(text.find(',', at), text.size());
      std::string_view word = text.substr(at, end - at);
      at = end + 1;
      uint64_t size = 0;
      if (word.empty() && list.empty()) return wrong(text, "Invalid argument to --block-list");
      if (word.empty()) size = list.back();   // once more
      else if (auto status = number(word, size)) return status;
      if (!list.empty() && list.back() == 0) {
        write_error(p_, program_ + ": 0 can only be used as the last element in --block-list\n");
        return 1;
      }
      list.push_back(size);
    }
    return std::nullopt;
  }
  /// Acts at once, on the limits given before it.
  std::optional<int> info_memory() {
    const uint64_t whole = memory_info(p_, "MemTotal") * 1024, quarter = whole / 4;
    const uint64_t many = std::min(o_.limit_decompress, o_.limit_threads.value_or(quarter));
    Output out(p_);
    auto known = [](uint64_t limit) { return static_cast<unsigned long long>(limit == UINT64_MAX ? 0 : limit); };
    if (o_.robot) {
      out.format("%llu\t%llu\t%llu\t%llu\t%llu\t1\n", known(whole), known(o_.limit_compress), known(o_.limit_decompress), known(many), known(quarter));
      return out.finish(0);
    }
    auto line = [&](const char* label, uint64_t limit) {
      std::string text = "Disabled";
      if (limit != UINT64_MAX) text = std::to_string(limit / (1 << 20) + (limit % (1 << 20) != 0)) + " MiB (" + std::to_string(limit) + " B)";
      out.format("  %-33s %s\n", label, text.c_str());
    };
    out.write("Hardware information:\n");
    line("Amount of physical memory (RAM):", whole);
    out.write("  Number of processor threads:      1\n\nMemory usage limits:\n");
    line("Compression:", o_.limit_compress);
    line("Decompression:", o_.limit_decompress);
    line("Multi-threaded decompression:", many);
    line("Default for -T0:", quarter);
    return out.finish(0);
  }

  std::optional<int> filter(std::string_view name, V value) {
    o_.coding.chain += (o_.coding.chain.empty() ? "" : " ") + std::string(name) + (value ? ":" + std::string(*value) : "");
    XzOptions trial;
    trial.format = XzFormat::Raw;
    trial.chain = std::string(name) + (value ? ":" + std::string(*value) : "");
    if (name != "lzma1" && name != "lzma2") trial.chain += " lzma2";
    if (xz_encoder_memory(trial) == 0) return wrong(value ? *value : name, "Unsupported filter options");
    return std::nullopt;
  }

  std::optional<int> option(size_t k, V v) {
    int c = kSpecs[k].short_name;
    if (c >= '0' && c <= '9') {
      o_.coding.preset = c - '0';
      return std::nullopt;
    }
    if (c >= kLzma1 && c <= kDelta) return filter(kSpecs[k].long_name, v);
    uint64_t ignored;
    switch (c) {
      case 'z': o_.mode = O::Compress; break;
      case 'd': o_.mode = O::Decompress; break;
      case 't': o_.mode = O::Test; break;
      case 'l': o_.mode = O::List; break;
      case 'k': o_.keep = true; break;
      case 'f': o_.force = true; break;
      case 'c': o_.to_stdout = true; break;
      case 'S':
        if (v->empty() || v->find('/') != v->npos) return wrong(*v, "Invalid filename suffix");
        o_.suffix = std::string(*v);
        break;
      case 'F': return format(*v);
      case 'C': return check(*v);
      case 'M':
        if (auto status = limit(*v, o_.limit_compress)) return status;
        o_.limit_decompress = o_.limit_compress;
        o_.limit_threads = o_.limit_compress;
        break;
      case kMemCompress: return limit(*v, o_.limit_compress);
      case kMemDecompress: return limit(*v, o_.limit_decompress);
      case kMemMt: return limit(*v, o_.limit_threads.emplace());
      case 'T': return number(v->starts_with('+') ? v->substr(1) : *v, ignored);
      case kBlockSize: return number(*v, o_.coding.block_size);
      case 'e': o_.coding.extreme = true; break;
      case kSingleStream: o_.single_stream = true; break;
      case kIgnoreCheck: o_.ignore_check = true; break;
      case kFiles:
      case kFiles0:
        if (o_.files_from) return wrong("--files", "Only one file can be specified with `--files' or `--files0'.");
        o_.files_from = std::string(v.value_or(""));
        o_.files_delimiter = c == kFiles ? '\n' : '\0';
        break;
      case kNoAdjust: o_.adjust = false; break;
      case kBlockList: return block_list(*v);
      case kInfoMemory: return info_memory();
      case kRobot: o_.robot = true; break;
      case 'q': o_.verbosity = std::max(o_.verbosity - 1, 0); break;
      case 'v': o_.verbosity = std::min(o_.verbosity + 1, 4); break;
      case 'Q': o_.no_warn = true; break;
      case 'h':
      case 'H': {
        Output out(p_);
        out.write(called_usage(p_, usage_));
        return out.finish(0);
      }
      case 'V': return print_version(p_);
      default: break;   // --no-sparse: always so here
    }
    return std::nullopt;
  }
  std::optional<int> format(std::string_view v) {
    if (v == "auto") o_.format = XzFormat::Auto;
    else if (v == "xz") o_.format = XzFormat::Xz;
    else if (v == "lzma" || v == "alone") o_.format = XzFormat::Lzma;
    else if (v == "raw") o_.format = XzFormat::Raw;
    else return wrong(v, "Unknown file format type");
    return std::nullopt;
  }
  std::optional<int> check(std::string_view v) {
    if (v == "none") o_.coding.check = XzCheck::None;
    else if (v == "crc32") o_.coding.check = XzCheck::Crc32;
    else if (v == "crc64") o_.coding.check = XzCheck::Crc64;
    else if (v == "sha256") o_.coding.check = XzCheck::Sha256;
    else return wrong(v, "Unsupported integrity check type");
    return std::nullopt;
  }

  Process& p_;
  std::string_view usage_;
  O& o_;
  std::string program_;
};

}  // namespace

std::optional<int> read_xz_options(Process& p, std::string_view usage, XzCommandOptions& o) { return Reader(p, usage, o).run(); }

}  // namespace nacre
