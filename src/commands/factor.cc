/// factor - print the prime factors of numbers.
/// Source: GNU coreutils 9.1 manual, "factor invocation"; R. P. Brent, "An improved
/// Monte Carlo factorization algorithm" (1980).
/// Differs: numbers above 2^127 are too large here.
#include <algorithm>

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

__extension__ using Wide = unsigned __int128;

std::string decimal(Wide n) {
  std::string out;
  do out += static_cast<char>('0' + static_cast<int>(n % 10));
  while (n /= 10);
  std::reverse(out.begin(), out.end());
  return out;
}

// a * b mod m for m below 2^127, by doubling when the product would not fit.
Wide multiply(Wide a, Wide b, Wide m) {
  if (!(m >> 64)) return a * b % m;
  Wide out = 0;
  for (; b; b >>= 1) {
    if (b & 1) out = out >= m - a ? out - (m - a) : out + a;
    a = a >= m - a ? a - (m - a) : a + a;
  }
  return out;
}

Wide power(Wide a, Wide e, Wide m) {
  Wide out = 1;
  for (a %= m; e; e >>= 1) {
    if (e & 1) out = multiply(out, a, m);
    a = multiply(a, a, m);
  }
  return out;
}

// Miller and Rabin's test; the first twelve primes prove it below 3.3e24, and more are used above.
bool prime(Wide n) {
  static constexpr unsigned kBases[] = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71};
  for (unsigned b : kBases)
    if (n % b == 0) return n == b;
  Wide d = n - 1;
  int twos = 0;
  while (!(d & 1)) d >>= 1, twos++;
  for (unsigned b : kBases) {
    Wide x = power(b, d, n);
    if (x == 1 || x == n - 1) continue;
    bool composite = true;
    for (int i = 1; i < twos && composite; i++) {
      x = multiply(x, x, n);
      composite = x != n - 1;
    }
    if (composite) return false;
  }
  return true;
}

Wide gcd(Wide a, Wide b) {
  while (b) {
    Wide t = a % b;
    a = b;
    b = t;
  }
  return a;
}

class Factors {
 public:
  explicit Factors(Process& p) : p_(p) {}
  std::vector<Wide> of(Wide n) {
    out_.clear();
    for (unsigned d = 2; d < 5000 && static_cast<Wide>(d) * d <= n; d += d == 2 ? 1 : 2)
      while (n % d == 0) out_.push_back(d), n /= d;
    if (n > 1) split(n);
    std::sort(out_.begin(), out_.end());
    return out_;
  }

 private:
  void split(Wide n) {
    if (prime(n)) {
      out_.push_back(n);
      return;
    }
    Wide d = n;
    for (unsigned c = 1; d == n; c++) d = rho(n, c);
    split(d);
    split(n / d);
  }

  // A divisor of n, or n itself when this c leads nowhere. Products of differences are kept, so
  // that a gcd is needed only now and then.
  Wide rho(Wide n, unsigned c) {
    auto step = [&](Wide x) {
      x = multiply(x, x, n);
      return x >= n - c ? x - (n - c) : x + c;
    };
    Wide y = 2, x = 2, saved = 2, q = 1, g = 1;
    for (uint64_t r = 1; g == 1; r *= 2) {
      x = y;
      for (uint64_t i = 0; i < r; i++) y = step(y);
      for (uint64_t k = 0; k < r && g == 1; k += 128) {
        saved = y;
        for (uint64_t i = 0; i < std::min<uint64_t>(128, r - k); i++) {
          y = step(y);
          q = multiply(q, x > y ? x - y : y - x, n);
        }
        g = gcd(q, n);
        p_.tick(256);
      }
    }
    if (g != n) return g;
    do {
      saved = step(saved);
      g = gcd(x > saved ? x - saved : saved - x, n);
    } while (g == 1);
    return g;
  }

  Process& p_;
  std::vector<Wide> out_;
};

bool print_factors(Process& p, Output& out, Factors& factors, std::string_view text) {
  std::string_view v = text;
  while (!v.empty() && v[0] == ' ') v.remove_prefix(1);
  if (!v.empty() && v[0] == '+') v.remove_prefix(1);
  Wide n = 0;
  bool good = !v.empty() && v.find_first_not_of("0123456789") == std::string_view::npos, large = false;
  for (size_t i = 0; good && i < v.size(); i++) {
    large = large || n > (static_cast<Wide>(1) << 123);
    n = n * 10 + static_cast<unsigned>(v[i] - '0');
  }
  if (!good || large) {
    out.flush();
    if (large) p.warn("%s is too large", quote(p, text).c_str());
    else p.warn("%s is not a valid positive integer", quote(p, text).c_str());
    return false;
  }
  out.write(decimal(n) + ":");
  std::vector<Wide> all = n > 1 ? factors.of(n) : std::vector<Wide>{};
  for (Wide f : all) out.write(" " + decimal(f));
  out.put('\n');
  return true;
}

int factor_main(Process& p) {
  std::vector<std::string> numbers;
  if (auto status = parse_plain(p, kUsage, numbers)) return *status;
  Output out(p);
  Factors factors(p);
  bool good = true;
  if (!numbers.empty()) {
    for (const auto& n : numbers) good &= print_factors(p, out, factors, n);
    return out.finish(good ? 0 : 1);
  }
  Input in(p, 0, "-", false);
  std::string_view line;
  while (in.next_line(line)) {
    std::string text(line);
    for (size_t at = 0; (at = text.find_first_not_of(" \t", at)) != std::string::npos;) {
      size_t end = std::min(text.find_first_of(" \t", at), text.size());
      good &= print_factors(p, out, factors, std::string_view(text).substr(at, end - at));
      at = end;
    }
  }
  return out.finish(good ? 0 : 1);
}

}  // namespace

Command factor_command() { return {{"factor"}, kUsage, factor_main}; }

}  // namespace nacre
