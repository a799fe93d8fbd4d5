/// factor - print the prime factors of numbers.
/// Source: GNU coreutils 9.1 manual, "factor invocation".
/// Differs: numbers from 2^127 on are too large here.
#include "algo/prime_factors.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: factor [OPTION] [NUMBER]...\n"
    "Print the prime factors of each specified integer NUMBER, or of those on standard input.\n\n"
    "      --help        display this help and exit\n"
    "      --version     output version information and exit\n";

constexpr Uint128 kMost = ~static_cast<Uint128>(0) >> 1;

std::string_view decimal(Uint128 n, char (&text)[40]) {
  char* const end = text + sizeof text;
  char* at = end;
  uint64_t low = static_cast<uint64_t>(n);
  for (; n >> 64; low = static_cast<uint64_t>(n)) {
    *--at = static_cast<char>('0' + static_cast<int>(n % 10));
    n /= 10;
  }
  do *--at = static_cast<char>('0' + low % 10);
  while (low /= 10);
  return {at, static_cast<size_t>(end - at)};
}

bool print_factors(Process& p, Output& out, std::string_view text) {
  std::string_view v = text;
  while (!v.empty() && v[0] == ' ') v.remove_prefix(1);
  if (!v.empty() && v[0] == '+') v.remove_prefix(1);
  Uint128 n = 0;
  bool good = !v.empty() && v.find_first_not_of("0123456789") == std::string_view::npos, large = false;
  for (size_t i = 0; good && i < v.size(); i++) {
    const unsigned digit = static_cast<unsigned>(v[i] - '0');
    large = large || n > (kMost - digit) / 10;
    n = n * 10 + digit;
  }
  if (!good || large) {
    out.flush();
    if (large) p.warn("%s is too large", quote(p, text).c_str());
    else p.warn("%s is not a valid positive integer", quote(p, text).c_str());
    return false;
  }
  char digits[40];
  out.write(decimal(n, digits));
  out.put(':');
  p.tick();
  if (n > 1) {
    for (Uint128 f : prime_factors(n, [&p](uint32_t done) { p.tick(done); })) {
      out.put(' ');
      out.write(decimal(f, digits));
    }
  }
  out.put('\n');
  return true;
}

int factor_main(Process& p) {
  std::vector<std::string> numbers;
  if (auto status = parse_plain(p, kUsage, numbers)) return *status;
  Output out(p);
  bool good = true;
  if (!numbers.empty()) {
    for (const auto& n : numbers) good &= print_factors(p, out, n);
    return out.finish(good ? 0 : 1);
  }
  Input in(p, 0, "-", false);
  std::string_view line;
  while (in.next_line(line)) {
    std::string text(line);
    for (size_t at = 0; (at = text.find_first_not_of(" \t", at)) != std::string::npos;) {
      size_t end = std::min(text.find_first_of(" \t", at), text.size());
      good &= print_factors(p, out, std::string_view(text).substr(at, end - at));
      at = end;
    }
  }
  return out.finish(good ? 0 : 1);
}

}  // namespace

Command factor_command() { return {{"factor"}, kUsage, factor_main}; }

}  // namespace nacre
