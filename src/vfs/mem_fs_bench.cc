// The file system alone: 5,000 small files through their life, and snapshots of
// 100,000 files. bench/ has the same from a script.
#include <benchmark/benchmark.h>

#include "vfs/mem_fs.h"
#include "vfs/test_clock.h"
#include "vfs/vfs.h"

namespace nacre {
namespace {

constexpr int kFiles = 5000;

struct World {
  World() : vfs(std::shared_ptr<MemFs>(mem = MemFs::create({.clock = &clock, .root_uid = 1000}).release())) {
    ctx = {&user, vfs.root(), 022};
    (void)vfs.mkdir(ctx, "/home", 0755);
    (void)vfs.mkdir(ctx, "/home/agent", 0755);
    ctx.cwd = *vfs.resolve(ctx, "/home/agent");
    for (int i = 0; i < kFiles; ++i) names.push_back("file_number_" + std::to_string(i) + ".txt");
  }
  void create_all() {
    for (const std::string& n : names) {
      Node f = *vfs.open(ctx, n, kOpenWrite | kOpenCreate | kOpenTruncate, 0666);
      f.fs->hold(f.id);
      benchmark::DoNotOptimize(f.fs->write(f.id, 0, "content of a small file\n").ok());
      f.fs->release(f.id);
    }
  }
  void remove_all() {
    for (const std::string& n : names) benchmark::DoNotOptimize(vfs.unlink(ctx, n).ok());
  }
  TestClock clock;
  Credentials user;
  MemFs* mem;
  Vfs vfs;
  PathContext ctx;
  std::vector<std::string> names;
};

void CreateAndRemove(benchmark::State& state) {
  World w;
  for (auto _ : state) {
    w.create_all();
    w.remove_all();
  }
  state.SetItemsProcessed(state.iterations() * kFiles);
}
BENCHMARK(CreateAndRemove)->Unit(benchmark::kMicrosecond);

void Read(benchmark::State& state) {
  World w;
  w.create_all();
  char buffer[256];
  for (auto _ : state)
    for (const std::string& n : w.names) {
      Node f = *w.vfs.open(w.ctx, n, kOpenRead, 0);
      f.fs->hold(f.id);
      benchmark::DoNotOptimize(f.fs->read(f.id, 0, buffer).ok());
      f.fs->release(f.id);
    }
  state.SetItemsProcessed(state.iterations() * kFiles);
}
BENCHMARK(Read)->Unit(benchmark::kMicrosecond);

void ListAndStat(benchmark::State& state) {
  World w;
  w.create_all();
  for (auto _ : state) {
    auto entries = w.vfs.list(w.ctx, ".");
    for (const DirEntry& e : *entries) benchmark::DoNotOptimize(w.vfs.stat(w.ctx, e.name)->size);
  }
  state.SetItemsProcessed(state.iterations() * kFiles);
}
BENCHMARK(ListAndStat)->Unit(benchmark::kMicrosecond);

void ResolveDeepPath(benchmark::State& state) {
  World w;
  std::string path = "/home/agent";
  for (const char* part : {"/project", "/src", "/core"}) (void)w.vfs.mkdir(w.ctx, path += part, 0755);
  (void)w.vfs.open(w.ctx, path += "/main.cc", kOpenCreate | kOpenWrite, 0644);
  for (auto _ : state) benchmark::DoNotOptimize(w.vfs.resolve(w.ctx, path));
}
BENCHMARK(ResolveDeepPath);

struct Large : World {
  Large() {
    for (int d = 0; d < 100; ++d)
      for (int f = 0; f < 1000; ++f)
        (void)mem->seed("/tree/dir" + std::to_string(d) + "/file" + std::to_string(f), {.uid = 1000, .content = "x"});
  }
};

void Snapshot(benchmark::State& state) {
  Large w;
  for (auto _ : state) benchmark::DoNotOptimize(w.vfs.snapshot());
}
BENCHMARK(Snapshot);

void Fork(benchmark::State& state) {
  Large w;
  for (auto _ : state) benchmark::DoNotOptimize(w.vfs.fork());
}
BENCHMARK(Fork);

void ChangeOneFileAndRollBack(benchmark::State& state) {
  Large w;
  auto snapshot = w.vfs.snapshot();
  for (auto _ : state) {
    (void)w.vfs.truncate(w.ctx, "/tree/dir7/file7", 0);
    w.vfs.restore(*snapshot);
  }
}
BENCHMARK(ChangeOneFileAndRollBack);

void DiffOfTenChanges(benchmark::State& state) {
  Large w;
  auto snapshot = w.vfs.snapshot();
  for (int i = 0; i < 10; ++i) {
    std::string path = "/tree/dir" + std::to_string(i) + "/file" + std::to_string(i);
    (void)w.vfs.truncate(w.ctx, path, 0);
  }
  for (auto _ : state) benchmark::DoNotOptimize(w.vfs.changes_since(*snapshot));
}
BENCHMARK(DiffOfTenChanges);

void AppendOneMegabyteInLines(benchmark::State& state) {
  World w;
  const std::string line(64, 'x');
  for (auto _ : state) {
    Node f = *w.vfs.open(w.ctx, "log", kOpenWrite | kOpenCreate | kOpenTruncate, 0666);
    for (uint64_t at = 0; at < 1 << 20; at += line.size()) benchmark::DoNotOptimize(f.fs->write(f.id, at, line).ok());
  }
  state.SetBytesProcessed(state.iterations() << 20);
}
BENCHMARK(AppendOneMegabyteInLines)->Unit(benchmark::kMicrosecond);

void WriteFortyMegabytes(benchmark::State& state) {
  World w;
  const std::string block(65536, 'x');
  for (auto _ : state) {
    Node f = *w.vfs.open(w.ctx, "big", kOpenWrite | kOpenCreate | kOpenTruncate, 0666);
    for (uint64_t at = 0; at < 40 << 20; at += block.size()) benchmark::DoNotOptimize(f.fs->write(f.id, at, block).ok());
  }
  state.SetBytesProcessed(state.iterations() * (40 << 20));
}
BENCHMARK(WriteFortyMegabytes)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace nacre
BENCHMARK_MAIN();
