// Measures what no script can: making a sandbox, a run in a live one, snapshots.
// Prints one line "name<TAB>value<TAB>unit" each. Medians of many repetitions.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "nacre/sandbox.h"

namespace {

template <class F>
double median_us(int repetitions, F&& f) {
  std::vector<double> times;
  for (int i = 0; i < repetitions; i++) {
    auto start = std::chrono::steady_clock::now();
    f();
    times.push_back(std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count());
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

/// Resident memory of this process, KiB.
long resident_kib() {
  std::ifstream in("/proc/self/statm");
  long total = 0, resident = 0;
  in >> total >> resident;
  return resident * 4;
}

void report(const char* name, double value, const char* unit) { std::printf("%s\t%.3f\t%s\n", name, value, unit); }

}  // namespace

int main() {
  nacre::Config config;
  auto host = nacre::make_posix_host();
  config.host = host;
  auto sandbox = nacre::Sandbox::create(config);
  if (!sandbox) return 1;
  report("new sandbox", median_us(500, [&] { (void)nacre::Sandbox::create(config); }), "us");
  report("echo hi in a live sandbox", median_us(5000, [&] { (void)(*sandbox)->exec("echo hi"); }), "us");
  report("a pipeline of two in a live sandbox", median_us(2000, [&] { (void)(*sandbox)->exec("echo hi | cat"); }), "us");
  (void)(*sandbox)->exec("mkdir -p /tmp/many; cd /tmp/many; for ((i = 0; i < 100000; i++)); do : > f$i; done");
  std::shared_ptr<const nacre::Snapshot> snap;
  report("snapshot, 100,000 files", median_us(500, [&] { snap = (*sandbox)->snapshot(); }), "us");
  report("rollback, 100,000 files", median_us(500, [&] { (*sandbox)->restore(*snap); }), "us");
  report("fork, 100,000 files", median_us(200, [&] { (void)(*sandbox)->fork(); }), "us");
  std::vector<std::unique_ptr<nacre::Sandbox>> idle;
  long before = resident_kib();
  for (int i = 0; i < 1000; i++) {
    auto s = nacre::Sandbox::create(config);
    (void)(*s)->exec("x=1");
    idle.push_back(std::move(*s));
  }
  report("idle sandbox", static_cast<double>(resident_kib() - before) / 1000, "KiB");
}
