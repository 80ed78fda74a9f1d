#include "cmd/wake.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "control/client.h"
#include "plan/plan.h"
#include "record/rundir.h"
#include "session/session.h"

/* The plan as the run was started with. NULL with err set. */
static struct plan *
wake_load_plan(const char *dir, struct err *err)
{
	struct rundir_info info = { 0 };
	if (rundir_read_info(dir, &info, err) != 0)
		return NULL;
	size_t count = 0;
	while (info.set_names != NULL && info.set_names[count] != NULL)
		count++;
	struct plan_setting *settings = mem_array(count + 1, sizeof(*settings));
	for (size_t i = 0; i < count; i++)
		settings[i] = (struct plan_setting){ info.set_names[i], info.set_values[i] };
	struct plan_request request = {
		.settings = settings,
		.setting_count = count,
		.only = info.only != NULL && info.only[0] != NULL ?
		    (const char *const *)info.only : NULL,
		.parallel = info.parallel,
		.dir = info.plan_dir,
	};
	char *path = file_join(dir, "plan.ini");
	struct plan_problems problems = { 0 };
	struct plan *plan = plan_load(path, &request, &problems);
	if (plan == NULL) {
		struct buf text = BUF_INIT;
		for (size_t i = 0; i < problems.count && text.len == 0; i++)
			if (!problems.items[i].is_warning)
				plan_problem_format(&problems.items[i], &text);
		err_set(err, "the plan of the run does not read any more: %.*s",
		    (int)strcspn(buf_str(&text), "\n"), buf_str(&text));
		buf_release(&text);
	}
	plan_problems_release(&problems);
	free(path);
	free(settings);
	rundir_info_release(&info);
	return plan;
}

int
wake_engine(const char *dir, struct err *err)
{
	if (rundir_is_live(dir, NULL))
		return 1;
	struct plan *plan = wake_load_plan(dir, err);
	if (plan == NULL)
		return -1;
	struct session_settings settings = {
		.run_dir = dir,
		.plan = plan,
		.is_resumed = true,
		/* It is settled at once; what is to be asked is on its way. */
		.wait_for_front_end = true,
	};
	int rc = session_spawn(&settings, err);
	plan_free(plan);
	/* Somebody else was quicker. */
	return rc != 0 && rundir_is_live(dir, NULL) ? 1 : rc;
}

long
wake_and_ask(const char *dir, const struct request *request, struct err *err)
{
	int64_t until_us = clock_mono_us() + WAKE_PATIENCE_S * CLOCK_SECOND_US;
	for (;;) {
		struct err why = ERR_INIT;
		long count = control_ask_once(dir, request, WAKE_ANSWER_S, &why);
		bool is_absent = why.code == ENOENT || why.code == ECONNREFUSED ||
		    why.code == ECONNRESET;
		if (count >= 0)
			return count;
		if (!is_absent || clock_mono_us() > until_us)
			return err_set(err, "%s", why.text);
		int rc = wake_engine(dir, err);
		if (rc < 0)
			return -1;
		/* One that leaves still holds the lock for a moment. */
		if (rc == 1)
			nanosleep(&(struct timespec){ .tv_nsec = 20000000 }, NULL);
	}
}
