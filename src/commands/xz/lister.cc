#include "commands/xz/lister.h"

#include <algorithm>

namespace nacre {
namespace {

using ull = unsigned long long;

struct FileReader final : XzFileReader {
  Process& p;
  int fd;
  FileReader(Process& process, int descriptor) : p(process), fd(descriptor) {}
  bool read(uint64_t offset, std::span<char> out) override {
    p.tick();
    auto n = p.pread(fd, out, offset);
    return n && *n == out.size();
  }
};

std::string check_name(uint32_t id) {
  switch (id) {
    case 0: return "None";
    case 1: return "CRC32";
    case 4: return "CRC64";
    case 10: return "SHA-256";
    default: return "Unknown-" + std::to_string(id);
  }
}

std::string check_names(uint32_t mask, const char* separator) {
  std::string out;
  for (uint32_t id = 0; id < 16; id++)
    if (mask >> id & 1) out += (out.empty() ? "" : separator) + check_name(id);
  return out.empty() ? "None" : out;
}

std::string ratio(uint64_t compressed, uint64_t uncompressed) {
  if (uncompressed == 0) return "---";
  double r = static_cast<double>(compressed) / static_cast<double>(uncompressed);
  if (r > 9.999) return "---";
  char text[32];
  std::snprintf(text, sizeof text, "%.3f", r);
  return text;
}

std::string size_in_full(uint64_t bytes) { return nice_size(bytes) + (bytes < 10000 ? "" : " (" + std::to_string(bytes) + " B)"); }
std::string in_mib(uint64_t bytes) { return std::to_string(bytes / (1 << 20) + (bytes % (1 << 20) != 0)) + " MiB"; }

/// A check's value: sums are numbers, stored with their lowest byte first.
std::string hex(uint32_t check, std::string bytes) {
  if (check == 1 || check == 4) std::reverse(bytes.begin(), bytes.end());
  std::string out;
  for (char c : bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[static_cast<unsigned char>(c) & 15];
  }
  return out.empty() ? "---" : out;
}

/// Columns of the value of the longest check in a set.
int check_width(uint32_t mask) {
  int bytes = 0;
  for (int id = 0; id < 16; id++) {
    constexpr int kSizes[16] = {0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64};
    if (mask >> id & 1) bytes = std::max(bytes, kSizes[id]);
  }
  return std::max(bytes * 2, 8);
}

}  // namespace

std::string nice_size(uint64_t v) {
  if (v < 10000) return std::to_string(v) + " B";
  static const char* const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  double d = static_cast<double>(v);
  int unit = 0;
  do {
    d /= 1024;
    unit++;
  } while (d > 9999.9 && unit < 4);
  char text[32];
  std::snprintf(text, sizeof text, "%.1f %s", d, units[unit]);
  return text;
}

void XzLister::print_columns(Output& out, const XzInfo& i, const std::string& last) {
  out.format("%5llu %7llu  %11s  %11s  %5s  %-7s %s\n", static_cast<ull>(i.streams), static_cast<ull>(i.blocks), nice_size(i.compressed).c_str(),
             nice_size(i.uncompressed).c_str(), ratio(i.compressed, i.uncompressed).c_str(), check_names(i.checks, ",").c_str(), last.c_str());
}

void XzLister::print_robot(Output& out, const XzInfo& i) {
  out.format("%llu\t%llu\t%llu\t%llu\t%s\t%s\t%llu", static_cast<ull>(i.streams), static_cast<ull>(i.blocks), static_cast<ull>(i.compressed),
             static_cast<ull>(i.uncompressed), ratio(i.compressed, i.uncompressed).c_str(), check_names(i.checks, ",").c_str(), static_cast<ull>(i.padding));
}

void XzLister::print_summary(Output& out, const XzInfo& i) {
  out.format("  Streams:           %llu\n  Blocks:            %llu\n", static_cast<ull>(i.streams), static_cast<ull>(i.blocks));
  out.write("  Compressed size:   " + size_in_full(i.compressed) + "\n  Uncompressed size: " + size_in_full(i.uncompressed) + "\n");
  out.write("  Ratio:             " + ratio(i.compressed, i.uncompressed) + "\n  Check:             " + check_names(i.checks, ", ") + "\n");
  out.write("  Stream Padding:    " + size_in_full(i.padding) + "\n");
}

void XzLister::print_details(Output& out, const Details& d) {
  out.write("  Memory needed:     " + in_mib(d.memory) + "\n  Sizes in headers:  " + (d.sizes_in_headers ? "Yes" : "No") + "\n");
  out.format("  Minimum XZ Utils version: %u.%u.%u\n", d.least_version / 10000000, d.least_version / 10000 % 1000, d.least_version / 10 % 1000);
}

CodecStatus XzLister::print_blocks(Output& out, const XzIndex& index, const XzInfo& i, XzFileReader& reader, Details& d) {
  const int width = check_width(i.checks);
  if (!o_.robot && i.blocks > 0) {
    out.write("  Blocks:\n    Stream     Block      CompOffset    UncompOffset       TotalSize      UncompSize  Ratio  Check");
    if (detailed()) out.format("      %-*s  Header  Flags        CompSize    MemUsage  Filters", width, "CheckVal");
    out.put('\n');
  }
  return index.each_block(detailed() ? &reader : nullptr, [&](const XzBlockInfo& b) {
    p_.tick();
    const std::string r = ratio(b.total, b.uncompressed), check = check_name(b.check),
                      flags = std::string(b.has_compressed ? "c" : "-") + (b.has_uncompressed ? "u" : "-");
    if (o_.robot) {
      out.format("block\t%llu\t%llu\t%llu\t%llu\t%llu\t%llu\t%llu\t%s\t%s", static_cast<ull>(b.stream), static_cast<ull>(b.number),
                 static_cast<ull>(b.number_in_file), static_cast<ull>(b.compressed_offset), static_cast<ull>(b.uncompressed_offset), static_cast<ull>(b.total),
                 static_cast<ull>(b.uncompressed), r.c_str(), check.c_str());
      if (detailed())
        out.format("\t%s\t%u\t%s\t%llu\t%llu\t%s", hex(b.check, b.check_value).c_str(), b.header, flags.c_str(), static_cast<ull>(b.compressed),
                   static_cast<ull>(b.memory), b.filters.c_str());
    } else {
      out.format("    %6llu %9llu %15llu %15llu %15llu %15llu  %5s  ", static_cast<ull>(b.stream), static_cast<ull>(b.number),
                 static_cast<ull>(b.compressed_offset), static_cast<ull>(b.uncompressed_offset), static_cast<ull>(b.total), static_cast<ull>(b.uncompressed),
                 r.c_str());
      if (detailed())
        out.format("%-10s %-*s %7u  %-5s%16llu%12s  %s", check.c_str(), width, hex(b.check, b.check_value).c_str(), b.header, flags.c_str(),
                   static_cast<ull>(b.compressed), in_mib(b.memory).c_str(), b.filters.c_str());
      else out.write(check);
    }
    out.put('\n');
    d.memory = std::max(d.memory, b.memory);
    d.least_version = std::max(d.least_version, b.least_version);
    d.sizes_in_headers = d.sizes_in_headers && b.has_compressed && b.has_uncompressed;
    return true;
  });
}

void XzLister::begin(const std::string& name, size_t of) {
  if (!verbose() || o_.robot) return;
  Output out(p_);
  if (begun_++) out.put('\n');
  out.line(name + " (" + std::to_string(begun_) + (of ? "/" + std::to_string(of) : "") + ")");
  out.flush();
}

CodecStatus XzLister::file(const std::string& name, int fd, uint64_t size) {
  XzIndex index;
  FileReader reader(p_, fd);
  if (CodecStatus status = index.load(reader, size); status != CodecStatus::End) return status;
  const XzInfo i = index.info();
  Details details;
  CodecStatus status = CodecStatus::End;
  Output out(p_);
  if (o_.robot) {
    out.write("name\t" + name + "\nfile\t");
    print_robot(out, i);
    out.put('\n');
  } else if (!verbose()) {
    if (listed_ == 0) out.write("Strms  Blocks   Compressed Uncompressed  Ratio  Check   Filename\n");
    print_columns(out, i, name);
  } else {
    print_summary(out, i);
  }
  if (verbose()) {
    if (!o_.robot) out.write("  Streams:\n    Stream    Blocks      CompOffset    UncompOffset        CompSize      UncompSize  Ratio  Check      Padding\n");
    index.each_stream([&](const XzStreamInfo& s) {
      out.format(o_.robot ? "stream\t%llu\t%llu\t%llu\t%llu\t%llu\t%llu\t%s\t%s\t%llu\n" : "    %6llu %9llu %15llu %15llu %15llu %15llu  %5s  %-10s %7llu\n",
                 static_cast<ull>(s.number), static_cast<ull>(s.blocks), static_cast<ull>(s.compressed_offset), static_cast<ull>(s.uncompressed_offset),
                 static_cast<ull>(s.compressed), static_cast<ull>(s.uncompressed), ratio(s.compressed, s.uncompressed).c_str(), check_name(s.check).c_str(),
                 static_cast<ull>(s.padding));
    });
    status = print_blocks(out, index, i, reader, details);
  }
  if (status == CodecStatus::End && detailed()) {
    if (o_.robot) out.format("summary\t%llu\t%s\t%u\n", static_cast<ull>(details.memory), details.sizes_in_headers ? "yes" : "no", details.least_version);
    else print_details(out, details);
  }
  out.flush();
  if (status != CodecStatus::End) return status;
  listed_++;
  sum_.streams += i.streams;
  sum_.blocks += i.blocks;
  sum_.compressed += i.compressed;
  sum_.uncompressed += i.uncompressed;
  sum_.padding += i.padding;
  sum_.checks |= i.checks;
  sum_details_.memory = std::max(sum_details_.memory, details.memory);
  sum_details_.least_version = std::max(sum_details_.least_version, details.least_version);
  sum_details_.sizes_in_headers = sum_details_.sizes_in_headers && details.sizes_in_headers;
  return status;
}

void XzLister::totals() {
  if (!o_.robot && listed_ < 2) return;
  Output out(p_);
  if (o_.robot) {
    out.write("totals\t");
    print_robot(out, sum_);
    out.format("\t%llu", static_cast<ull>(listed_));
    if (detailed())
      out.format("\t%llu\t%s\t%u", static_cast<ull>(sum_details_.memory), sum_details_.sizes_in_headers ? "yes" : "no", sum_details_.least_version);
    out.put('\n');
  } else if (!verbose()) {
    out.write(std::string(79, '-') + "\n");
    print_columns(out, sum_, std::to_string(listed_) + (listed_ == 1 ? " file" : " files"));
  } else {
    out.format("\nTotals:\n  Number of files:   %llu\n", static_cast<ull>(listed_));
    print_summary(out, sum_);
    if (detailed()) print_details(out, sum_details_);
  }
  out.flush();
}

}  // namespace nacre
