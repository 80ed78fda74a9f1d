/*
 * A plain main for a fuzz target: runs it once over each file of its corpus, or over the
 * files given, and says so in TAP. A finding is a crash, as under the fuzzer.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
is_file(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* Runs the target over one file. 0, or -1 when it cannot be read. */
static int
replay_file(const char *path)
{
	FILE *file = fopen(path, "rbe");
	struct stat st;
	if (file == NULL || fstat(fileno(file), &st) != 0 || !S_ISREG(st.st_mode)) {
		printf("# cannot read %s\n", path);
		if (file != NULL)
			fclose(file);
		return -1;
	}
	/* Of the exact size, so that a sanitizer sees a read past the end. */
	size_t size = (size_t)st.st_size;
	uint8_t *data = malloc(size > 0 ? size : 1);
	size_t got = data != NULL ? fread(data, 1, size, file) : 0;
	fclose(file);
	if (data == NULL || got != size) {
		printf("# short read of %s\n", path);
		free(data);
		return -1;
	}
	fprintf(stderr, "%s\n", path);	/* the last one named is the one that crashed */
	LLVMFuzzerTestOneInput(data, size);
	free(data);
	return 0;
}

/* Runs the target over all files of a corpus folder. Their number, or -1. */
static int
replay_folder(const char *folder)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, is_file, alphasort);
	if (count < 0) {
		printf("# cannot read the folder %s\n", folder);
		return -1;
	}
	int failed = 0;
	for (int i = 0; i < count; i++) {
		char path[4096];
		snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
		failed |= replay_file(path);
		free(entries[i]);
	}
	free(entries);
	return failed ? -1 : count;
}

int
main(int argc, char **argv)
{
	const char *name = strrchr(argv[0], '/');
	name = name != NULL ? name + 1 : argv[0];
	if (argc > 1) {
		int failed = 0;
		for (int i = 1; i < argc; i++)
			failed |= replay_file(argv[i]);
		return failed ? 1 : 0;
	}

	const char *top = getenv("abs_top_srcdir");
	const char *target = strncmp(name, "fuzz_", 5) == 0 ? name + 5 : name;
	char folder[2048];
	snprintf(folder, sizeof(folder), "%s/tests/fuzz/corpus/%s", top != NULL ? top : ".",
	    target);
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("1..1\n");
	int count = replay_folder(folder);
	printf("%s 1 - %s survives %d saved inputs\n", count > 0 ? "ok" : "not ok", target,
	    count > 0 ? count : 0);
	return 0;
}
