// Preloaded into a service, this sets its wall clock wrong: CLOCK_REALTIME is off by the nanoseconds that stand in the
// file named by KECHUANG_CLOCK_FILE, from one reading to the next. The monotonic clock and sleeping stay as they are,
// and a wait for a moment of the wall clock ends when the wrong clock shows it, as it would if the machine's own clock
// were stepped.
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdarg>
#include <cstdint>
#include <cstdlib>
#include <ctime>

namespace {

constexpr int64_t kSecond = 1'000'000'000;

int64_t OffsetNow() {
  static const volatile int64_t* const offset = [] {
    const char* const path = getenv("KECHUANG_CLOCK_FILE");
    if (path == nullptr) abort();
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    void* const place = mmap(nullptr, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (place == MAP_FAILED) abort();
    return static_cast<const volatile int64_t*>(place);
  }();
  return *offset;
}

template <class Function>
Function* Real(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

timespec Moved(const timespec& time, int64_t by) {
  const int64_t nanoseconds = int64_t{time.tv_sec} * kSecond + time.tv_nsec + by;
  return {nanoseconds / kSecond, nanoseconds % kSecond};
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* time) noexcept {
  static auto* const real = Real<int(clockid_t, timespec*)>("clock_gettime");
  const int result = real(clock, time);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) *time = Moved(*time, OffsetNow());
  return result;
}

int gettimeofday(timeval* time, void*) noexcept {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  *time = {now.tv_sec, now.tv_nsec / 1000};
  return 0;
}

time_t time(time_t* out) noexcept {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (out != nullptr) *out = now.tv_sec;
  return now.tv_sec;
}

int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex, const timespec* until) {
  static auto* const real = Real<int(pthread_cond_t*, pthread_mutex_t*, const timespec*)>("pthread_cond_timedwait");
  const timespec truly = Moved(*until, -OffsetNow());
  return real(condition, mutex, &truly);
}

// Abseil, and gRPC with it, waits on futexes for moments of the wall clock.
long syscall(long number, ...) noexcept {
  static auto* const real = Real<long(long, ...)>("syscall");
  va_list given;
  va_start(given, number);
  long arguments[6];
  for (long& argument : arguments) argument = va_arg(given, long);
  va_end(given);
  timespec truly;
  if (number == SYS_futex && (arguments[1] & FUTEX_CLOCK_REALTIME) != 0 && arguments[3] != 0) {
    truly = Moved(*reinterpret_cast<const timespec*>(arguments[3]), -OffsetNow());
    arguments[3] = reinterpret_cast<long>(&truly);
  }
  return real(number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]);
}

}  // extern "C"
