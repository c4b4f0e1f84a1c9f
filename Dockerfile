# JupyterLab with the course:
#   docker build --tag course .
#   docker run --rm --publish 8888:8888 --volume course-my:/course/my course
# Copies of lessons and progress lie in /course/my; the volume keeps them when the container ends.
FROM python:3.12-slim
RUN useradd --create-home --uid 1000 learner && install --directory --owner learner /course /course/my
WORKDIR /course
COPY requirements.txt .
RUN python -m pip install --no-cache-dir --requirement requirements.txt
COPY --chown=learner . .
RUN python -m pip install --no-cache-dir --no-deps --no-build-isolation --editable .
USER 1000
ENV COURSE_HOME=/course/my
EXPOSE 8888
CMD ["jupyter", "lab", "--ip=0.0.0.0", "--no-browser"]
